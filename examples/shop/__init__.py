"""A shop in two apps: `catalog` knows what is sold, `orders` knows who bought it."""
