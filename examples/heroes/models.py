"""Teams of heroes, and users who write about them."""

from ormgen import fields
from ormgen.models import Model


class Team(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100, unique=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "teams"

    def __str__(self) -> str:
        return self.name

    async def strongest(self) -> "Hero | None":
        return await self.heroes.order_by("-power").first()


class Hero(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    team = fields.ForeignKeyField(
        "models.Team",
        related_name="heroes",
        on_delete=fields.CASCADE,
    )
    power = fields.IntField(default=0)

    class Meta:
        table = "heroes"
        indexes = [("team_id", "name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.power})"


class User(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    email = fields.CharField(max_length=200, unique=True)
    age = fields.IntField(null=True)
    active = fields.BooleanField(default=True)
    banned = fields.BooleanField(default=False)
    balance = fields.IntField(default=0)
    created_at = fields.DatetimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Profile(Model):
    id = fields.IntField(primary_key=True)
    user = fields.OneToOneField("models.User", related_name="profile")
    bio = fields.TextField(default="")
    favourite = fields.ForeignKeyField(
        "models.Hero",
        null=True,
        related_name="fans",
        on_delete=fields.SET_NULL,
    )


class Post(Model):
    id = fields.IntField(primary_key=True)
    author = fields.ForeignKeyField("models.User", related_name="posts")
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
