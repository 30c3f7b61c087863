"""Lists and full-text search, which single databases have; the others refuse them before any SQL runs."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from models.heroes import Hero
from models.postgres_columns import Article, Lists
from ormgen import ORM, F, Q, get_connection
from ormgen.contrib.mysql.functions import Rand
from ormgen.contrib.mysql.search import Mode, SearchCriterion
from ormgen.contrib.postgres.functions import PlainToTsQuery, ToTsQuery, ToTsVector
from ormgen.contrib.postgres.functions import Random as PostgresRandom
from ormgen.contrib.postgres.search import Lexeme, SearchHeadline, SearchQuery, SearchRank, SearchVector
from ormgen.contrib.sqlite.functions import Random as SqliteRandom
from ormgen.exceptions import FieldError, ParamsError, UnSupportedError
from ormgen.expressions import Value

from .world import names

POSTGRES = "models.postgres_columns"


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=postgres_url, modules={"models": [POSTGRES]})
    await ORM.generate_schemas()
    yield
    await ORM.close_connections()


@pytest.mark.feature(176, only="postgres")
async def test_lookups_of_lists(postgres: None) -> None:
    for numbers, words in (([1, 2, 3], ["a", "it'"]), ([3], []), ([], ["b"])):
        await Lists.create(numbers=numbers, words=words)

    async def found(*args: Any, **conditions: Any) -> list[Any]:
        return await Lists.filter(*args, **conditions).order_by("id").values_list("numbers", flat=True)

    assert await found(numbers__contains=[3]) == [[1, 2, 3], [3]]
    assert await found(numbers__contains=[3, 1]) == [[1, 2, 3]]
    assert await found(numbers__contained_by=[3, 4]) == [[3], []]
    assert await found(numbers__overlap=(2, 9)) == [[1, 2, 3]]
    assert await found(numbers__len=3) == [[1, 2, 3]]
    assert await found(numbers__len=0) == [[]]
    assert await found(words__contains=["it'"]) == [[1, 2, 3]]
    assert await found(Q(words__overlap=["b", "c"]) | Q(numbers__len=1)) == [[3], []]
    assert await found(~Q(numbers__contains=[3])) == [[]]
    with pytest.raises(FieldError, match='no lookup "icontains"'):
        await Lists.filter(words__icontains="a")


@pytest.fixture
async def articles(postgres: None) -> None:
    await Article.create(title="Cats and dogs", body="The cat sat on the mat. Fat cats sit.")
    await Article.create(title="Birds", body="A bird, not a cat, sings; it's loud")
    await Article.create(title="Nothing", body="Empty")


async def titles(question: Any) -> list[str]:
    return cast("list[str]", await question.order_by("id").values_list("title", flat=True))


@pytest.mark.usefixtures("articles")
@pytest.mark.feature(173, only="postgres")
async def test_search_of_columns() -> None:
    assert await titles(Article.filter(body__search="cat")) == ["Cats and dogs", "Birds"]
    assert await titles(Article.filter(body__search="cat & | ! ' :* sings")) == ["Birds"]
    assert await titles(Article.filter(vector__search="dogs")) == ["Cats and dogs"]
    assert await titles(
        Article.filter(vector__search=SearchQuery("bird | mat", search_type="raw", config="english"))
    ) == [*("Cats and dogs", "Birds")]
    assert await titles(Article.exclude(body__search="cat")) == ["Nothing"]


@pytest.mark.usefixtures("articles")
@pytest.mark.feature(191, only="postgres")
async def test_vectors_and_queries() -> None:
    both = Article.annotate(found=SearchVector("title", "body", config="english"))
    assert await titles(both.filter(found__search="dog")) == ["Cats and dogs"]
    cat, bird = SearchQuery("cat", config="english"), SearchQuery("bird", config="english")
    assert await titles(both.filter(found__search=cat & bird)) == ["Birds"]
    assert await titles(both.filter(found__search=cat | bird)) == ["Cats and dogs", "Birds"]
    assert await titles(both.filter(found__search=cat & ~bird)) == ["Cats and dogs"]
    assert await titles(both.filter(found__search=SearchQuery("cat", invert=True, config="english"))) == ["Nothing"]
    phrase = SearchQuery("fat cats", search_type="phrase", config="english")
    assert await titles(both.filter(found__search=phrase)) == ["Cats and dogs"]
    web = SearchQuery('cat -"fat cats"', search_type="websearch", config="english")
    assert await titles(both.filter(found__search=web)) == ["Birds"]
    for asked, found in ((cat, ["Cats and dogs", "Birds"]), (cat & bird, ["Birds"]), (~cat, ["Nothing"])):
        assert await titles(both.filter(found=asked)) == found
    plain = Article.annotate(v=ToTsVector("body"))
    assert await titles(plain.filter(v=PlainToTsQuery(Value("cat sings")))) == ["Birds"]
    assert await titles(plain.filter(v__search=ToTsQuery(Value("cat & sing:*")))) == ["Birds"]
    assert await titles(plain.filter(v__search=PlainToTsQuery(Value("cat sings")))) == ["Birds"]
    with pytest.raises(ParamsError, match="search_type is one of"):
        SearchQuery("x", search_type=cast("Any", "fuzzy"))
    with pytest.raises(ParamsError, match="letters A to D"):
        SearchVector("body", weight="E")


@pytest.mark.usefixtures("articles")
@pytest.mark.feature(191, only="postgres")
async def test_lexemes() -> None:
    found = Article.annotate(found=SearchVector("body", config="simple"))
    assert await titles(found.filter(found__search=SearchQuery(Lexeme("ca", prefix=True), config="simple"))) == [
        *("Cats and dogs", "Birds")
    ]
    assert await titles(found.filter(found__search=SearchQuery(Lexeme("cat") & ~Lexeme("bird"), config="simple"))) == [
        "Cats and dogs"
    ]
    either = Lexeme("empty") | Lexeme("sings", invert=False)
    assert await titles(found.filter(found__search=SearchQuery(either, config="simple"))) == ["Birds", "Nothing"]
    for odd in ("back\\slash", "'; DROP TABLE article; --", "a & b", ":*", "☃"):
        assert await found.filter(found__search=SearchQuery(Lexeme(odd), config="simple")).count() == 0
    with pytest.raises(ParamsError, match="a lexeme is text"):
        Lexeme("")


@pytest.mark.usefixtures("articles")
@pytest.mark.feature(191, only="postgres")
async def test_ranks_and_headlines() -> None:
    vector = SearchVector("title", config="english", weight="A") + SearchVector("body", config="english", weight="D")
    query = SearchQuery("cat", config="english")
    ranked = Article.annotate(rank=SearchRank(vector, query)).order_by("-rank")
    assert [article.title for article in await ranked] == ["Cats and dogs", "Birds", "Nothing"]
    (best, *_, worst) = await ranked.values_list("rank", flat=True)
    assert isinstance(best, float)
    assert best > worst == 0
    other = SearchRank(vector, query, weights=[1, 0.1, 0.1, 0], normalization=2, cover_density=True)
    assert await Article.annotate(rank=other).filter(rank__gt=0).count() == 2
    assert await Article.annotate(rank=SearchRank("body", "cat")).filter(rank__gt=0).count() == 2
    marked = SearchHeadline("body", query, config="english", start_sel="<b>", stop_sel="</b>", max_words=5, min_words=2)
    (shown,) = await Article.filter(title="Birds").annotate(shown=marked).values_list("shown", flat=True)
    assert "<b>cat</b>" in shown
    with pytest.raises(ParamsError, match="no option 'start'"):
        SearchHeadline("body", "cat", start="<b>")
    with pytest.raises(ParamsError, match="four numbers"):
        SearchRank("body", "cat", weights=[1])


@pytest.fixture
async def mysql(mysql_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=mysql_url, modules={"models": ["models.heroes"]})
    await ORM.generate_schemas()
    for columns in ("name", "nick", "name,nick"):
        await get_connection("default").execute_script(f"ALTER TABLE hero ADD FULLTEXT ({columns})")
    await Hero.create(name="the quick fox", nick="hunter")
    await Hero.create(name="a lazy dog", nick="quick sleeper")
    await Hero.create(name="someone else", nick="nothing")
    yield
    await ORM.close_connections()


@pytest.mark.feature(173, 192, only="mysql")
async def test_search_on_mysql(mysql: None) -> None:
    assert await names(Hero.filter(name__search="quick")) == ["the quick fox"]
    assert await names(Hero.filter(name__search="it's; DROP TABLE hero")) == []
    both = SearchCriterion("name", F("nick"), expr="quick")
    assert await names(Hero.filter(both)) == ["a lazy dog", "the quick fox"]
    assert await names(Hero.filter(both & Q(nick="hunter"))) == ["the quick fox"]
    boolean = SearchCriterion("name", "nick", expr="+quick -fox", mode=Mode.BOOL)
    assert await names(Hero.filter(boolean)) == ["a lazy dog"]
    scored = Hero.annotate(score=SearchCriterion("name", expr="quick", mode=Mode.NATURAL_LANGUAGE))
    assert await names(scored.filter(score__gt=0)) == ["the quick fox"]
    with pytest.raises(ParamsError, match="needs the columns"):
        SearchCriterion(expr="x")
    with pytest.raises(ParamsError, match="mode is a Mode"):
        SearchCriterion("name", expr="x", mode=cast("Any", "IN BOOLEAN MODE"))


@pytest.mark.feature(173, 190)
async def test_what_a_database_does_not_have(orm: str) -> None:
    await Hero.create(name="x")
    own = {"sqlite": SqliteRandom(), "postgres": PostgresRandom(), "mysql": Rand()}
    for kind, function in own.items():
        question = Hero.annotate(r=function).values_list("r", flat=True)
        if kind == orm:
            assert isinstance((await question)[0], int if kind == "sqlite" else float)
        else:
            with pytest.raises(UnSupportedError, match=f"exists on {kind} only, not on {orm}"):
                await question
    if orm == "mysql":
        first, second = [await Hero.annotate(r=Rand(7)).values_list("r", flat=True) for _ in range(2)]
        assert first == second
        with pytest.raises(UnSupportedError, match="SearchVector exists on postgres only"):
            await Hero.annotate(v=SearchVector("name"))
    if orm == "sqlite":
        with pytest.raises(UnSupportedError, match="full-text search exists on"):
            await Hero.filter(name__search="x")
        with pytest.raises(UnSupportedError, match="SearchCriterion exists on mysql only"):
            await Hero.filter(SearchCriterion("name", expr="x"))
