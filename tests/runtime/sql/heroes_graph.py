"""Heroes as a graph without classes, for tests of statements and SQL."""

from typing import Any

from graphs import graph, model
from ormgen.query.statements import Select, Statement
from ormgen.schema.field_types import (
    BooleanField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    IntField,
    JSONField,
    UUIDField,
)
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Zone

DIALECTS = ("sqlite", "postgres", "mysql")
HEROES: ModelGraph = graph(
    model("Team", name=CharField(50), city=CharField(50, null=True)),
    model(
        "Hero",
        name=CharField(50),
        power=IntField(),
        price=DecimalField(10, 2),
        active=BooleanField(),
        born=DateField(null=True),
        seen=DatetimeField(null=True),
        data=JSONField[Any](null=True),
        code=UUIDField(null=True),
        team=ForeignKeyFieldInstance("Team", "heroes", null=True),
        boss=ForeignKeyFieldInstance("self", "minions", null=True),
    ),
    model("Badge", hero=OneToOneFieldInstance("Hero", "badge", primary_key=True), title=CharField(10)),
    model("Mission", title=CharField(50), crew=ManyToManyFieldInstance("Hero", related_name="missions")),
    model(
        "Odd",
        {"table": 'o"d`d {0} %s ? $1', "schema": None},
        x=IntField(source_field='c"o`l {1} %s ? :x'),
        other=ForeignKeyFieldInstance("self", "others", null=True, source_field="what's %"),
    ),
)
COMPILERS = {dialect: Compiler(HEROES, dialect, Zone()) for dialect in DIALECTS}


def heroes(**parts: Any) -> Select:
    """A question about heroes that gives their names."""
    parts.setdefault("output", (("name", "name"),))
    return Select("models.Hero", **parts)


def prepared(statement: Statement, dialect: str) -> tuple[str, list[Any]]:
    """The SQL and the parameters of a statement, compiled afresh."""
    compiled, parameters = Compiler(HEROES, dialect, Zone()).prepare(statement)
    return compiled.sql, parameters
