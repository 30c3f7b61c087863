"""The probes of ormgen's own types hold for Tortoise ORM too, but for lines about what it has not.

Each file of tests/typing is taken with `tortoise` in place of `ormgen`; stubs are written for Tortoise ORM, and mypy
and pyright check it. A line on which they say something else than for ormgen must have one of the reasons below.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import checkers
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

pytest.importorskip("tortoise", reason="tortoise-orm is a development dependency")

WITHOUT = {
    "among_rows.py": "rows that are part of a condition",
    "composite_keys.py": "keys of several columns",
    "cte.py": "common table expressions",
    "held.py": "expressions and Prefetch objects that know their names",
    "hooks_and_tests.py": "hooks, a plugin for pytest",
    "key_rules.py": "ON UPDATE, DEFERRABLE and names of foreign keys",
    "loading_together.py": "Prefetch objects that know their query sets",
    "paths.py": "path expressions",
    "paths_computing.py": "path expressions",
    "shared_managers.py": "managers made of query sets, questions asked of managers",
    "windows.py": "window functions",
    "pydantic_models.py": "pydantic_model_creator gives a `type[PydanticModel]`: stubs of models cannot change it",
}
"""Files that are about one thing which Tortoise ORM has not, or has not typed."""
TOLD_BY_PYRIGHT = "mypy has nothing to say about it"
SIGNALS = "its signals take any function, and forget what it was"
REASONS = {
    r"^from tortoise|^[A-Z]\w+,$": "names that Tortoise ORM has elsewhere, or not at all",
    r"if Hero\.all\(\):": TOLD_BY_PYRIGHT,
    r"\"-pk\"\)": "nobody sorts by `pk` there",
    r"\.objects\b": "there is no `objects`",
    r"\bq\.|await four": "there are no paths",
    r"pk\"|\"team\", |\"tenant": "`pk` and relations name no columns there",
    r"Exists\(|team__not=OuterRef": "they are not there",
    r"Rank\(\)|Window\(|ranked|running": "there are no windows",
    r"Left\(|hero\.short|moments\.|year\.|month=|team\.busy|TruncMonth": "these functions are not there",
    r"(team|mentor|missions|parent|featured_in|order)__(in|not|isnull)\b": "relations have fewer lookups",
    r"__date=": "there is no such lookup",
    r"__in=.*(values_list|Team\.all|filter\()": "a question is no list of values",
    r"(Count|Sum|Lower|Prefetch)\(\"(heros|heroes__pwoer|pwoer|nam|tem|heroes)\"": "names in expressions are not seen",
    r"with_mentors": "nor does one that has a name itself",
    r"\b(total|mean|m|share|best), |Max\(\"missions__starts_at\"\)": "the driver decides about the type",
    r"annotate\(x=|asked\[0\]\.x": "nothing in the types of F, Case, Concat and Subquery says what they give",
    r"then=(3|1|1\.5)\b": "When takes numbers, but says that it takes text",
    r"team\.heroes\.annotate|named\(team\.heroes\)": "relations are no query sets",
    r"named\(Team\.all\(\)\)": "query sets pass as those of any model",
    r"fetch_related|fetched|full\.|behind\.missions": "relations are loaded in place",
    r"hero\.team\.|in team\.heroes|hero\.mentor\b|team\.owner\.": "as these are somewhere, they may be loaded",
    r"\.strong\b": "Prefetch objects do not know their attribute",
    r"using_db[=(]connection|ORM\.|@atomic|hire\(|conditions|in_transaction|\bConnection\b|connection\.|inside\.": (
        "their imports are not there"
    ),
    r"await move\(": TOLD_BY_PYRIGHT,
    r"values(_list)?\(.*\)\.annotate|rows\[0\]\[|await counted|own\[0\]|twice\[|row\[\"n\"\]": (
        "rows of values take no more questions"
    ),
    r"\.annotate\(n=Count\(\"id\"\)\)$": "nor do these",
    r"bulk_(create|update)": "no objects come back, and no signals go out",
    r"describe\(\)": "Tortoise ORM types it loosely",
    r"name=Lower\(|Value\(3\) \+ 1": "new objects are not computed",
    r"RawSQL\(\"1=0\"\)|order_by\(F\(|(values_list|group_by)\(Upper": "expressions are no conditions, orders, columns",
    r"JSON\w+\(|GroupConcat\(|ArrayLength\(|hero\.size": "these functions are not there",
    r"intersection|difference|union_all|await pairs|\.none\(\)": "questions are put together by `union` only",
    r"union\(Team\.all\(\)\)|\bboth(\]|\.order_by)|each\.power": "and that with questions of other models too",
    r"Hero\.raw\(|\bfound, |explain\(|dialect=|execute_pypika|detect|describe_models": "typed loosely, or not there",
    r"(pre|post)_(save|delete)\b|short\(|log\(|nmae = |either\(": SIGNALS,
    r"aggregate\(|all_of_them|some\[|behind\[": "there is no `aggregate`",
    r"to_dict|columns\[|columns = ": "there is no `to_dict`",
    r"heroes=instance": "a relation that leads back takes keys only",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of the probes, its stubs, and the probes without what they expect."""
    root = (tmp_path_factory.mktemp("probes") / "project").resolve()
    checkers.copy_of(checkers.TYPING / "project", root, "*.pyi")
    for path in root.rglob("*.py"):
        path.write_text(theirs(path.read_text("utf-8")), "utf-8")
    settings = root / "pyproject.toml"
    settings.write_text(f'[tool.ormgen]\nfor = "tortoise"\n\n{settings.read_text()}')
    for name, text in probes().items():
        (root / name).write_text(checkers.IGNORE.sub("", text), "utf-8")
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    shutil.rmtree(root / "tenants")
    return root


def test_reasons_are_of_files_that_there_are() -> None:
    assert WITHOUT.keys() < {path.name for path in checkers.TYPING.glob("*.py")}


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_probes(project: Path, checker: str) -> None:
    findings = list(checkers.CHECKERS[checker](project))
    assert [str(found) for found in findings if found.path.endswith(".pyi")] == []
    scores = [(text, checkers.score(findings, name, text)) for name, text in probes().items()]
    otherwise = {line for text, score in scores for line in different(text, score)}
    unexplained = [line for line in otherwise if not any(re.search(pattern, line) for pattern in REASONS)]
    assert not unexplained, "\n".join(unexplained)
    unused = {why for pattern, why in REASONS.items() if not any(re.search(pattern, line) for line in otherwise)}
    assert unused <= {TOLD_BY_PYRIGHT}
    assert sum(score.hits for _, score in scores) > 450


def different(text: str, score: checkers.Score) -> Iterator[str]:
    """The lines on which a checker says something else than is written there."""
    lines = text.splitlines()
    yield from (each.partition(": ")[2] for each in score.missed)
    yield from (lines[each.line - 1].strip() for each in score.false)


def probes() -> dict[str, str]:
    """The text of each probe file, with the names of Tortoise ORM."""
    files = sorted(checkers.TYPING.glob("*.py"))
    return {each.name: theirs(each.read_text("utf-8")) for each in files if each.name not in WITHOUT}


def theirs(text: str) -> str:
    """A source with the names of Tortoise ORM."""
    return re.sub(r"\bormgen\b", "tortoise", text)
