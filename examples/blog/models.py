"""Writers, articles and comments."""

from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Self

from ormgen import fields
from ormgen.manager import Manager
from ormgen.models import Model
from ormgen.queryset import QuerySet


class Role(IntEnum):
    READER = 1
    WRITER = 2
    EDITOR = 3


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Timestamped(Model):
    """Remembers when it was made and last changed."""

    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        abstract = True

    def age(self, now: datetime) -> timedelta:
        return now - self.created_at


class Slugged:
    """Has an address of its own."""

    slug = fields.CharField(max_length=80)

    def path(self) -> str:
        return f"/{self.slug}"


class Writer(Timestamped):
    id = fields.UUIDField(primary_key=True)
    handle = fields.CharField(max_length=30, unique=True)
    role = fields.IntEnumField(Role, default=Role.READER)
    born = fields.DateField(null=True)
    follows = fields.ManyToManyField("models.Writer", through="follow", related_name="followers")

    class Meta(Timestamped.Meta):
        table = "writers"
        ordering = ["handle"]

    def may_edit(self) -> bool:
        return self.role >= Role.EDITOR

    def years(self, today: date) -> int | None:
        if self.born is None:
            return None
        return today.year - self.born.year - ((today.month, today.day) < (self.born.month, self.born.day))


class About(Model):
    """What a writer tells about themselves; shares the writer's key."""

    writer = fields.OneToOneField("models.Writer", primary_key=True, related_name="about")
    text = fields.TextField()
    avatar = fields.BinaryField(null=True)
    links = fields.JSONField[list[str]](default=list)


class Category(Slugged, Model):
    name = fields.CharField(max_length=50)
    parent = fields.ForeignKeyField("models.Category", null=True, related_name="children", on_delete=fields.RESTRICT)

    class Meta:
        ordering = ["name"]
        unique_together = (("parent", "slug"),)


class Tag(Model):
    name = fields.CharField(max_length=30, primary_key=True)


class ArticleQuerySet(QuerySet["Article"]):
    """Questions that are asked again and again."""

    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def longer_than(self, minutes: int) -> Self:
        return self.filter(reading_time__gt=timedelta(minutes=minutes))


class ArticleManager(Manager):
    """Behind `Article.all()`, `Article.filter()` and all the others."""

    def get_queryset(self) -> ArticleQuerySet:
        return ArticleQuerySet(self._model)


class DraftManager(Manager):
    """Nothing but drafts."""

    def get_queryset(self) -> ArticleQuerySet:
        return ArticleQuerySet(self._model).filter(status=Status.DRAFT)


class Article(Slugged, Timestamped):
    title = fields.CharField(max_length=120)
    body = fields.TextField()
    status = fields.CharEnumField(Status, default=Status.DRAFT)
    author = fields.ForeignKeyField("models.Writer", related_name="articles")
    category = fields.ForeignKeyField("models.Category", null=True, related_name="articles", on_delete=fields.SET_NULL)
    tags = fields.ManyToManyField("models.Tag", through="article_tag", related_name="articles")
    reading_time = fields.TimeDeltaField(null=True)
    translations = fields.JSONField[dict[str, str]](default=dict)

    drafts = DraftManager()

    class Meta(Timestamped.Meta):
        table = "articles"
        manager = ArticleManager()
        ordering = ["-created_at", "-id"]
        indexes = [("status", "created_at")]
        unique_together = (("author", "slug"),)

    def title_in(self, language: str) -> str:
        return self.translations.get(language, self.title)

    async def publish(self) -> None:
        self.status = Status.PUBLISHED
        await self.save(update_fields=["status", "updated_at"])


class Comment(Timestamped):
    article = fields.ForeignKeyField("models.Article", related_name="comments")
    author = fields.ForeignKeyField("models.Writer", related_name="comments")
    answers_to = fields.ForeignKeyField("models.Comment", null=True, related_name="answers")
    text = fields.TextField()
    votes = fields.SmallIntField(default=0)

    class Meta(Timestamped.Meta):
        table = "comments"
        ordering = ["id"]
