"""`on_delete=SET_DEFAULT`, where the database can."""

import pytest

from models.fallback import Book, Shelf
from ormgen import ORM
from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.fields import SET_DEFAULT, SET_NULL, ForeignKeyField, ManyToManyField


@pytest.mark.feature(107)
async def test_the_default_takes_the_place_of_what_is_deleted(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": ["models.fallback"]})
    try:
        if db_url.startswith("mysql"):
            with pytest.raises(UnSupportedError, match="MySQL and MariaDB have no ON DELETE SET DEFAULT"):
                await ORM.generate_schemas()
            return
        await ORM.generate_schemas()
        hall, attic = await Shelf.create(id=1, code="hall"), await Shelf.create(id=2, code="attic")
        book = await Book.create(title="a", shelf=attic, place=attic)
        await attic.delete()
        await book.refresh_from_db()
        assert (book.shelf_id, book.place_id) == (1, "hall")
        other = await Book.create(title="b")
        assert (await other.shelf, await other.place, other.shelf_id) == (hall, hall, 1)
    finally:
        await ORM.close_connections()


@pytest.mark.feature(107)
def test_what_on_delete_needs() -> None:
    with pytest.raises(ConfigurationError, match="on_delete=SET_NULL needs null=True"):
        ForeignKeyField("models.Shelf", on_delete=SET_NULL)
    with pytest.raises(ConfigurationError, match="on_delete=SET_DEFAULT needs a default"):
        ForeignKeyField("models.Shelf", on_delete=SET_DEFAULT)
    with pytest.raises(ConfigurationError, match="needs a default that the database knows"):
        ForeignKeyField("models.Shelf", on_delete=SET_DEFAULT, default=lambda: 1)
    with pytest.raises(ConfigurationError, match="on_delete=SET_DEFAULT cannot be"):
        ManyToManyField("models.Shelf", on_delete=SET_DEFAULT)
