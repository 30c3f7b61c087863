"""The models of a well-known troubleshooting article, and what it does with them."""
