"""The models that Tortoise ORM's troubleshooting articles speak of: users with posts and profiles."""

from ormgen import fields
from ormgen.models import Model


class User(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    email = fields.CharField(max_length=200, default="")
    age = fields.IntField(default=18)
    active = fields.BooleanField(default=True)
    banned = fields.BooleanField(default=False)
    balance = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)


class Post(Model):
    id = fields.IntField(primary_key=True)
    author = fields.ForeignKeyField("models.User", related_name="posts")


class Profile(Model):
    id = fields.IntField(primary_key=True)
    user = fields.OneToOneField("models.User", related_name="profile")
    bio = fields.TextField(default="")


class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "teams"  # Custom table name (default: lowercase class name)

    def __str__(self) -> str:
        return self.name


class Hero(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    team = fields.ForeignKeyField(
        "models.Team",  # "app_name.ModelName"
        related_name="heroes",
        on_delete=fields.CASCADE,
    )
    power = fields.IntField(default=0)

    class Meta:
        table = "heroes"
        indexes = [("team_id", "name")]  # Composite index
