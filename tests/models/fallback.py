"""Foreign keys that fall back to a default when the other row goes."""

from ormgen import Model, fields


class Shelf(Model):
    code = fields.CharField(max_length=10, unique=True)


class Book(Model):
    title = fields.CharField(max_length=50)
    shelf = fields.ForeignKeyField("models.Shelf", related_name="books", on_delete=fields.SET_DEFAULT, default=1)
    place = fields.ForeignKeyField(
        "models.Shelf", related_name="placed", on_delete=fields.SET_DEFAULT, default="hall", to_field="code"
    )
