import models
from models import Author, Book, Unread
from ormgen.contrib.pydantic import pydantic_model_creator, pydantic_queryset_creator

BookOut = pydantic_model_creator(Book)
BookIn = pydantic_model_creator(models.Book, name="BookIn", exclude_readonly=True)
Slim = pydantic_model_creator(Book, include=("isbn", "title", "publisher.name"))
Patch = pydantic_model_creator(Book, include=("title", "price"), optional=("title",), computed=None)
Authors = pydantic_queryset_creator(Author, name="Authors")
Something = pydantic_model_creator(Unread)
