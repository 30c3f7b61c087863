"""Every kind of relation."""

from __future__ import annotations

from ormgen import fields
from ormgen.fields import NO_ACTION, OnDelete
from ormgen.models import Model


class Team(Model):
    code = fields.CharField(max_length=8, unique=True)
    heroes: fields.ReverseRelation[Hero]


class Hero(Model):
    team = fields.ForeignKeyField("models.Team", related_name="heroes", on_delete=fields.CASCADE)
    home: fields.ForeignKeyNullableRelation[Team] = fields.ForeignKeyField(
        "models.Team",
        related_name="guests",
        null=True,
        on_delete=OnDelete.SET_NULL,
        to_field="code",
        source_field="home_code",
    )
    mentor = fields.ForeignKeyField("models.Hero", related_name="pupils", null=True, on_delete=NO_ACTION)
    leader = fields.ForeignKeyField(
        "self", related_name=False, null=True, on_update=OnDelete.CASCADE, deferrable=fields.Deferrable.DEFERRED
    )
    friends = fields.ManyToManyField("models.Hero", related_name="befriended")
    missions = fields.ManyToManyField(
        "models.Mission", through="assignment", forward_key="mission_id", backward_key="hero_id", related_name="crew"
    )


class Mission(Model):
    title = fields.TextField()


class Assignment(Model):
    hero = fields.ForeignKeyField("models.Hero", related_name=False)
    mission = fields.ForeignKeyField("models.Mission", related_name=False)
    role = fields.CharField(max_length=20, default="member")


class Profile(Model):
    hero = fields.OneToOneField("models.Hero", primary_key=True, related_name="profile")
    bio = fields.TextField(null=True)


class Note(Model):
    profile = fields.ForeignKeyField("models.Profile")
    author = fields.ForeignKeyField(Hero, "notes", db_constraint=False, description="Who wrote it")
    badge = fields.OneToOneField("models.Badge", null=True, constraint_name="one_badge", deferrable="IMMEDIATE")


class Badge(Model):
    id = fields.UUIDField(pk=True)
    best = fields.OneToOneField("models.Note", related_name="best_badge", null=True, on_delete="SET NULL")
    tags = fields.ManyToManyField("models.Tag", unique=False)


class Tag(Model):
    name = fields.CharField(max_length=30, pk=True)
