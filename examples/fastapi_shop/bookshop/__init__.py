"""A bookshop: what it sells, and how it is asked."""
