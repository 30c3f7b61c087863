"""What programs written for Tortoise ORM read of `Model._meta`."""

from models.heroes import Badge, Hero, Team
from ormgen import Model, fields


class Nameless(Model):
    """No table."""

    class Meta:
        abstract = True


async def test_names_of_columns_and_relations(orm: str) -> None:
    meta = Hero._meta
    assert meta.pk is meta.fields_map["pk"]
    assert (meta.app, meta.full_name, meta.abstract) == ("models", "models.Hero", False)
    assert meta.db_fields == set(meta.columns)
    assert meta.fetch_fields == meta.fk_fields | meta.o2o_fields | meta.m2m_fields | (
        meta.backward_fk_fields | meta.backward_o2o_fields
    )
    assert meta.fields == meta.db_fields | meta.fetch_fields
    assert {name: column.column for name, column in meta.columns.items()} == meta.fields_db_projection
    assert meta.fields_db_projection_reverse == {value: key for key, value in meta.fields_db_projection.items()}
    assert meta.generated_db_fields == ("id",)
    assert Badge._meta.generated_db_fields == ()
    assert meta.default_connection == meta.db.alias
    assert isinstance(Team._meta.unique_together, tuple)


def test_what_is_known_before_init() -> None:
    assert Nameless._meta.abstract
    assert Nameless._meta.app is None

    class Told(Model):
        id = fields.IntField(primary_key=True)

        class Meta:
            app = "told"
            table_description = "what is told"

    assert (Told._meta.app, Told._meta.table_description) == ("told", "what is told")
