"""Where the data lives: DATABASE_URL, else a file beside the program."""

import os

ORMGEN = {
    "connections": {"default": os.environ.get("DATABASE_URL", "sqlite://shop.sqlite3")},
    "apps": {"models": {"models": ["bookshop.models"]}},
}
