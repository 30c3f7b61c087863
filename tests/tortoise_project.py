"""A small project as users of Tortoise ORM have it; `PLACE` stands for a database."""

SETTINGS = """
TORTOISE_ORM = {
    "connections": {"default": "PLACE"},
    "apps": {
        "models": {
            "models": ["library.models", "aerich.models"],  # the second is what aerich keeps
            "default_connection": "default",
        },
    },
    "use_tz": False,
    "timezone": "UTC",
}
"""
MODELS = """
from tortoise import fields
from tortoise.models import Model


class Shelf(Model):
    id = fields.IntField(pk=True)
    label = fields.CharField(max_length=100, unique=True)
    built_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "shelves"  # instead of the name of the class

    def __str__(self):
        return self.label


class Volume(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=100)
    shelf = fields.ForeignKeyField(
        "models.Shelf",  # by its app and name
        related_name="volumes",
        on_delete=fields.CASCADE,
    )
    pages = fields.IntField(default=0)

    class Meta:
        table = "volumes"
        indexes = [("shelf_id", "title")]


class Reader(Model):
    id = fields.IntField(pk=True)
    name = fields.CharField(max_length=100)
    email = fields.CharField(max_length=200, default="")
    age = fields.IntField(default=20)
    active = fields.BooleanField(default=True)
    banned = fields.BooleanField(default=False)
    balance = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)
    liked = fields.ManyToManyField("models.Volume", related_name="fans")


class Card(Model):
    reader = fields.OneToOneField("models.Reader", related_name="card")
    number = fields.BigIntField(default=1)
    note = fields.TextField(default="")
    since = fields.DateField(null=True)
    facts = fields.JSONField(null=True)
    token = fields.UUIDField(null=True)
    weight = fields.FloatField(default=0.5)
    price = fields.DecimalField(max_digits=8, decimal_places=2, default="1.50")


class Visit(Model):
    reader = fields.ForeignKeyField("models.Reader", related_name="visits")
"""
COUNTS = """
from tortoise import Model, fields


class Count(Model):
    number = fields.IntField(default=0)
"""
NOTES = COUNTS.replace("Count", "Note").replace("number = fields.IntField(default=0)", "text = fields.TextField()")
FILES = {
    "settings.py": SETTINGS,
    "library/__init__.py": "",
    "library/models.py": MODELS,
    "library/counts.py": COUNTS,
    "library/notes.py": NOTES,
    "pyproject.toml": """\
[project]
name = "library"
version = "1"
dependencies = ["tortoise-orm[asyncpg]", "aerich"]

[tool.aerich]
tortoise_orm = "settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."
""",
}
