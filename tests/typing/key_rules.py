"""What foreign keys say of their constraints, as type checkers see it."""

from ormgen import fields

fields.ForeignKeyField("app.Team", on_update=fields.CASCADE, deferrable=fields.Deferrable.DEFERRED)
fields.OneToOneField("app.Team", constraint_name="one_team", on_update=fields.SET_NULL, null=True)
fields.ForeignKeyField("app.Team", on_update=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
fields.ForeignKeyField("app.Team", deferrable="LATE")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
fields.OneToOneField("app.Team", constraint_name=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
