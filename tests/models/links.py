"""Relations of every kind: keys of several types, columns with names of their own, through tables, models in a ring."""

import uuid
from typing import Any

from ormgen import Model, fields


class Club(Model):
    """Others point at its key, and at its unique columns."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=10, unique=True, source_field="club code")
    badge = fields.UUIDField(unique=True, default=uuid.uuid4)
    name = fields.CharField(max_length=50, default="")
    fans: fields.ReverseRelation["Fan"]
    captain: fields.BackwardOneToOneRelation["Captain"]


class Member(Model):
    """One foreign key for each thing that can happen when the other row goes."""

    name = fields.CharField(max_length=50)
    cascading = fields.ForeignKeyField("models.Club", related_name="cascading_members", null=True)
    restricted = fields.ForeignKeyField(
        "models.Club", related_name="restricted_members", null=True, on_delete=fields.RESTRICT
    )
    emptied = fields.ForeignKeyField(
        "models.Club", related_name="emptied_members", null=True, on_delete=fields.SET_NULL
    )
    kept = fields.ForeignKeyField(
        "models.Club",
        related_name="kept_members",
        null=True,
        on_delete=fields.NO_ACTION,
        on_update=fields.CASCADE,
        constraint_name="kept_by_a_club",
    )
    free = fields.ForeignKeyField("models.Club", related_name="free_members", null=True, db_constraint=False)


class Fan(Model):
    """Points at columns that are not keys, and has no way back for one of them."""

    name = fields.CharField(max_length=50)
    club: fields.ForeignKeyNullableRelation[Club] = fields.ForeignKeyField(
        "models.Club", related_name="fans", to_field="code", null=True
    )
    favourite = fields.ForeignKeyField(
        "models.Club", related_name="admirers", to_field="badge", null=True, source_field="fav"
    )
    hidden = fields.ForeignKeyField("models.Club", related_name=False, null=True)
    plain = fields.ForeignKeyField("models.Club", related_name="fans_", null=True)


class Captain(Model):
    """Its key is the foreign key."""

    club = fields.OneToOneField("models.Club", related_name="captain", primary_key=True)
    name = fields.CharField(max_length=50)


class Deputy(Model):
    """Its key is a foreign key to a key that is a foreign key."""

    captain: fields.OneToOneRelation[Captain] = fields.OneToOneField(
        "models.Captain", related_name="deputy", primary_key=True
    )
    name = fields.CharField(max_length=50)
    tasks: fields.ManyToManyRelation["Task"] = fields.ManyToManyField("models.Task", related_name="deputies")


class President(Model):
    """One to one with a column that is not the key."""

    name = fields.CharField(max_length=50)
    club: fields.OneToOneNullableRelation[Club] = fields.OneToOneField(
        "models.Club", related_name="president", to_field="code", null=True
    )


class Task(Model):
    """Text as key, kept in a column with another name."""

    slug = fields.CharField(max_length=30, primary_key=True, source_field="task slug")
    parents = fields.ManyToManyField(
        "models.Task", related_name="children", through="task_tree", forward_key="child", backward_key="parent"
    )
    twins = fields.ManyToManyField("models.Task", symmetrical=True, through="task_twins")


class Tool(Model):
    """Made keys that are no numbers."""

    id = fields.UUIDField(primary_key=True, source_field="tool_key")
    name = fields.CharField(max_length=50, unique=True)
    tasks = fields.ManyToManyField(
        "models.Task", related_name="tools", through="tool for task", forward_key="the task", backward_key="the tool"
    )
    loose = fields.ManyToManyField("models.Task", related_name="loose_tools", db_constraint=False)
    again = fields.ManyToManyField("models.Task", through="tool_again", related_name="tools_again", unique=False)
    owner = fields.ForeignKeyField("models.Task", related_name="owned_tools", null=True)
    part_of = fields.ForeignKeyField("models.Tool", related_name="parts", null=True)


class Word(str):
    """A type of this project."""


class WordField(fields.CharField):
    """Upper case in the database, lower case in Python."""

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return None if value is None else str(value).upper()

    def to_python_value(self, value: Any) -> Any:
        return None if value is None else str(value).lower()


class Term(Model):
    """A key of a custom type."""

    word = WordField(max_length=20, primary_key=True)
    related = fields.ManyToManyField("models.Term", related_name="related_from")
    opposite = fields.ForeignKeyField("models.Term", related_name="opposites", null=True)


class Course(Model):
    """Its through tables are models: named by table, by name, by class name of the app, with keys found or given."""

    name = fields.CharField(max_length=50)
    students = fields.ManyToManyField("models.Student", related_name="courses", through="enrolment")
    guests = fields.ManyToManyField("models.Student", related_name="visits", through="models.Visit")
    tutors = fields.ManyToManyField(
        "models.Student", related_name="tutored", through="Tutoring", forward_key="tutor_id", backward_key="subject_id"
    )


class Student(Model):
    name = fields.CharField(max_length=50)


class Enrolment(Model):
    course: fields.ForeignKeyRelation[Course] = fields.ForeignKeyField("models.Course", related_name="enrolments")
    student = fields.ForeignKeyField("models.Student", related_name="enrolments")
    grade = fields.IntField(default=0)

    class Meta:
        unique_together = (("course", "student"),)


class Visit(Model):
    place = fields.ForeignKeyField("models.Course", related_name="visits", source_field="which course")
    visitor = fields.ForeignKeyField("models.Student", related_name="visited")

    class Meta:
        table = "visits of guests"


class Tutoring(Model):
    subject = fields.ForeignKeyField("models.Course", related_name=False)
    tutor = fields.ForeignKeyField("models.Student", related_name=False)
    helper = fields.ForeignKeyField("models.Student", related_name=False, null=True)


class Chicken(Model):
    """Two models that need each other."""

    name = fields.CharField(max_length=50)
    hatched_from = fields.ForeignKeyField("models.Egg", related_name="hatched", null=True)


class Egg(Model):
    name = fields.CharField(max_length=50)
    laid_by = fields.ForeignKeyField("models.Chicken", related_name="laid", null=True)
