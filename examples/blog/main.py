"""A day of the blog: `python -m blog.main`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blog.models import About, Article, Category, Comment, Role, Status, Tag, Writer
from ormgen import ORM, run_async
from ormgen.exceptions import IntegrityError
from ormgen.expressions import F, Q
from ormgen.functions import Count, Max, Sum
from ormgen.query_utils import Prefetch
from ormgen.transactions import in_transaction


@dataclass(frozen=True)
class Facts:
    """What came out of a run."""

    editors: list[str]
    followers: dict[str, list[str]]
    about: str
    tree: list[str]
    front_page: list[str]
    drafts: list[str]
    long_reads: list[str]
    tagged: dict[str, list[str]]
    search: list[str]
    threads: list[str]
    best_comments: dict[str, list[str]]
    votes: dict[str, int]
    orphans: list[tuple[str, Status]]


async def sign_up() -> None:
    """Three writers who follow each other, two of them with something to say about themselves."""
    ines = await Writer.create(handle="ines", role=Role.EDITOR, born=date(1990, 2, 28))
    omar = await Writer.create(handle="omar", role=Role.WRITER)
    yuki = await Writer.create(handle="yuki")
    await ines.follows.add(omar, yuki)
    await yuki.follows.add(ines, omar)
    await omar.follows.add(ines)
    await omar.follows.clear()
    await yuki.follows.remove(omar)
    about = await About.create(
        writer=ines, text="Reads everything.", avatar=b"\x89PNG\x00", links=["https://ines.example"]
    )
    assert about.writer_id == ines.id
    about, created = await About.update_or_create(defaults={"text": "Reads most things."}, writer=ines)
    assert not created
    await About.create(writer_id=yuki.id, text="New here.")


async def followers() -> dict[str, list[str]]:
    """Who is followed by whom."""
    writers = await Writer.all().prefetch_related("followers")
    return {writer.handle: sorted(follower.handle for follower in writer.followers) for writer in writers}


async def introduce(handle: str) -> str:
    """What a writer tells about themselves, from the other side of the one-to-one relation."""
    writer = await Writer.get(handle=handle).select_related("about")
    if writer.about is None:
        return f"{writer.handle} keeps silent"
    avatar = writer.about.avatar or b""
    years = writer.years(date(2024, 2, 27))
    return f"{writer.handle}, {years}: {writer.about.text} {writer.about.links} {len(avatar)} bytes"


async def plant_tree() -> list[str]:
    """Categories under categories."""
    code, _ = await Category.get_or_create(slug="code", defaults={"name": "Code"})
    python = await code.children.create(slug="python", name="Python")
    await Category.create(slug="typing", name="Typing", parent=python)
    await Category.create(slug="life", name="Life")
    lines = []
    for root in await Category.filter(parent__isnull=True).prefetch_related("children__children"):
        lines.append(root.path())
        for child in root.children:
            lines.append(root.path() + child.path())
            lines += [root.path() + child.path() + grandchild.path() for grandchild in child.children]
    return lines


async def write() -> None:
    """Four articles, three of them published."""
    ines, omar = await Writer.filter(role__in=[Role.WRITER, Role.EDITOR]).order_by("handle")
    typing = await Category.get(slug="typing")
    stubs = await Article.create(
        slug="stubs",
        title="Stubs that know",
        body="Every lookup has a type.",
        author=ines,
        category=typing,
        reading_time=timedelta(minutes=12),
        translations={"de": "Stubs, die es wissen"},
    )
    rain = await Article.create(
        slug="rain", title="Rain", body="It rains.", author=omar, reading_time=timedelta(seconds=90)
    )
    sun = await omar.articles.create(slug="sun", title="Sun", body="100% sun.")
    await omar.articles.create(slug="snow", title="Snow", body="Not yet.", category=await Category.get(slug="life"))
    for article in (stubs, rain, sun):
        await article.publish()
    python, weather, unused = [await Tag.create(name=name) for name in ("python", "weather", "unused")]
    await stubs.tags.add(python, unused)
    await stubs.tags.remove(unused)
    await weather.articles.add(rain, sun)
    try:
        async with in_transaction():
            await Article.create(slug="rain", title="Rain again", body="It still rains.", author=omar)
    except IntegrityError:
        print("omar wrote about /rain before")


async def front_page() -> list[str]:
    """The newest first, as readers of German see it."""
    articles = await Article.all().published().select_related("author", "category__parent")
    lines = []
    for article in articles:
        category = article.category
        place = category.name if category is not None else "somewhere"
        if category is not None and category.parent is not None:
            place = f"{category.parent.name}/{place}"
        lines.append(f"{article.title_in('de')} by {article.author.handle} in {place}")
        assert article.age(datetime.now(article.created_at.tzinfo)) < timedelta(minutes=10)
    return lines


async def tagged() -> dict[str, list[str]]:
    """Tags with the number of their articles, the unused one too."""
    tags = await Tag.all().annotate(used=Count("articles")).prefetch_related("articles").order_by("-used", "name")
    return {f"{tag.name} ({tag.used})": sorted(article.path() for article in tag.articles) for tag in tags}


async def search(word: str) -> list[str]:
    """Titles of what has the word in it, or a tag of that name, but is not about rain."""
    hit = Q(title__icontains=word) | Q(body__contains=word) | Q(tags__name=word)
    found = Article.filter(hit & ~Q(slug="rain")).order_by("title").distinct()
    return await found.values_list("title", flat=True)


async def discuss() -> list[str]:
    """Comments, and answers to them."""
    stubs = await Article.get(slug="stubs", author__handle="ines")
    omar, yuki = await Writer.filter(handle__in=["omar", "yuki"])
    first = await Comment.create(article=stubs, author=yuki, text="What about joins?")
    await first.answers.create(article=stubs, author=omar, text="They too.", votes=4)
    await Comment.create(article=stubs, author=omar, text="Nice.", answers_to=None, votes=1)
    await stubs.comments.filter(author=yuki).update(votes=F("votes") + 2)
    lines = []
    async for comment in Comment.filter(article=stubs).select_related("author", "answers_to__author"):
        whom = f" to {comment.answers_to.author.handle}" if comment.answers_to is not None else ""
        lines.append(f"{comment.author.handle}{whom}: {comment.text}")
    return lines


async def best_comments() -> dict[str, list[str]]:
    """For each writer: the comments below their articles with at least two votes."""
    liked = Comment.filter(votes__gte=2).order_by("-votes")
    writers = await Writer.all().prefetch_related(
        Prefetch("articles", queryset=Article.filter(status=Status.PUBLISHED)),
        Prefetch("articles__comments", queryset=liked),
    )
    return {
        writer.handle: [comment.text for article in writer.articles for comment in article.comments]
        for writer in writers
    }


async def votes() -> dict[str, int]:
    """The votes of each writer who has any, and the most that one comment got."""
    rows = (
        await Comment.annotate(total=Sum("votes"), best=Max("votes"))
        .group_by("author__handle")
        .order_by("author__handle")
        .values("total", "best", writer="author__handle")
    )
    for row in rows:
        print(f"{row['writer']} has {row['total']} votes, at most {row['best']} for one comment")
    return {row["writer"]: row["total"] or 0 for row in rows}


async def orphans() -> list[tuple[str, Status]]:
    """Articles without a category, once one of the categories is gone."""
    await Category.filter(slug="life").delete()
    return await Article.filter(category=None).order_by("title").values_list("title", "status")


async def main(db_url: str = "sqlite://:memory:") -> Facts:
    """The whole day, in a database without tables."""
    await ORM.init(db_url=db_url, modules={"models": ["blog.models"]})
    await ORM.generate_schemas()
    await sign_up()
    tree = await plant_tree()
    await write()
    drafts: list[Article] = await Article.drafts.order_by("title")
    long_reads = await Article.filter(author__role=Role.EDITOR).longer_than(10).published()
    facts = Facts(
        editors=[writer.handle for writer in await Writer.all() if writer.may_edit()],
        followers=await followers(),
        about=await introduce("ines"),
        tree=tree,
        front_page=await front_page(),
        drafts=[draft.title for draft in drafts],
        long_reads=[article.title for article in long_reads],
        tagged=await tagged(),
        search=await search("sun") + await search("python") + await search("ain"),
        threads=await discuss(),
        best_comments=await best_comments(),
        votes=await votes(),
        orphans=await orphans(),
    )
    for name, value in vars(facts).items():
        print(f"{name}: {value}")
    return facts


if __name__ == "__main__":
    run_async(main())
