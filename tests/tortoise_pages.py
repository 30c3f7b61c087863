"""Pages for Tortoise ORM in words of our own, with all that pages do to their code; they are read as files are."""

ARTICLE = """\
Shelves That Do Not Open
What to do when books cannot be found.
The Trouble
You ask before anything is set up:
from tortoise.models import Model
from tortoise import fields
class Book(Model):
id = fields.IntField(pk=True)
title = fields.CharField(max_length=80)
await Book.all()
# ConfigurationError: no app knows itOr somebody has forgotten a relation:
book = await Book.get(id=1)
print(book.pages)
# AttributeError: 'Book' object has no attribute 'pages'
# (on another day it is a manager)That is all. Install it first:
$ pip install tortoise-orm
pip install aerichAnd begin
Setting up
from tortoise import Tortoise
async def start():
await Tortoise.init(
db_url="postgresql://me:secret@localhost/books",
modules={"models": ["shop.models"]},
)
# Tables
await Tortoise.generate_schemas()
async def stop():
await Tortoise.close_connections()modules names each file, e.g. this one:
# settings.py
TORTOISE_ORM = {
"connections": {"default": "mysql://me:secret@localhost/books"},
"apps": {
"models": {
"models": ["shop.models", "aerich.models"],
"default_connection": "default",
},
},
}# main.py
from settings import TORTOISE_ORM
from tortoise import Tortoise
await Tortoise.init(config=TORTOISE_ORM)aerich.models is what aerich needs.
Models
| Field | Type |
| IntField | INTEGER |
class Author(Model):
id = fields.IntField(pk=True)
name = fields.CharField(max_length=80, unique=True)
class Meta:
table = "authors" # not author
def __str__(self):
return self.name
class Book(Model):
id = fields.IntField(pk=True)
title = fields.CharField(max_length=80)
author = fields.ForeignKeyField(
"models.Author",
related_name="books",
)Asking, one way or another:
for author in await Author.all().prefetch_related("books"):
if author.books:
print(author.name, [book.title for book in author.books])
else:
pass # nobody knows whyCounting works as well:
from tortoise.functions import Count, Avg
busy = await Author.annotate(many=Count("awards")).filter(many__gt=5).all()
figures = await Author.aggregate(mean=Avg("age"))
found = await Author.filter(active=True, age__gte=18).order_by("-created_at").limit(3)
await Author.create(...)
A service
from contextlib import asynccontextmanager
from fastapi import FastAPI
from tortoise.contrib.fastapi import RegisterTortoise
@asynccontextmanager
async def lifespan(app: FastAPI):
async with RegisterTortoise(app, db_url="...", modules={"models": ["shop.models"]}):
yield
app = FastAPI(lifespan=lifespan)
@app.get("/books")
async def books():
return await Book.all().values("id", "title")And that is the end.
"""
MARKDOWN = """\
# Reading

```python
>>> from tortoise.transactions import in_transaction
>>> async with in_transaction() as conn:
...     await Reader.create(name="A", using_db=conn)
...     reader = await Reader.get(name="A").using_db(conn)
...     reader.debts += 1
...     await notify(reader)
```

```python
    if await Reader.filter(active=True).exists():
        return await Reader.get_or_none(name="B")
```

```toml
[tool.aerich]
tortoise_orm = "settings.TORTOISE_ORM"
```

```
Traceback (most recent call last):
tortoise.exceptions.DoesNotExist: Object "Reader" does not exist
```

```python
from tortoise.exceptions import DoesNotExist

reader = await Reader.get(name="nobody")
# DoesNotExist: there is nobody
```

```python
from typing import cast
import pytest


@pytest.fixture
async def database():
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["reading.models"]})
    await cast("type[Tortoise]", Tortoise).generate_schemas()
    yield
    await Tortoise.close_connections()


def bound(reader_data) -> "dict[str, Tortoise]":
    return dict(reader_data)
```
"""
PAGES = {"article.txt": ARTICLE, "reading.md": MARKDOWN}
KINDS = {
    "article.txt": ["python"] * 2 + ["shell"] * 2 + ["python"] * 7,
    "reading.md": ["python", "python", "toml", "text", "python", "python"],
}
