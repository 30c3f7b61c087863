"""The probes of ormgen's own types hold for Tortoise ORM too, but for lines about what it has not.

Each file of tests/typing is taken with `tortoise` in place of `ormgen`; stubs are written for Tortoise ORM, and mypy
checks it. A line on which it says something else than for ormgen must have one of the reasons below.
"""

import re
import shutil
from pathlib import Path

import pytest

import checkers
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

pytest.importorskip("tortoise", reason="tortoise-orm is a development dependency")

WITHOUT = {
    "composite_keys.py": "keys of several columns",
    "computing_rows.py": "expressions in new objects",
    "cte.py": "common table expressions",
    "expressions.py": "Exists, OuterRef, windows, arithmetic of functions",
    "growing_rows.py": "rows of values take no more questions",
    "hooks_and_tests.py": "hooks and the plugin for pytest",
    "json_and_arrays.py": "functions of JSON and arrays",
    "paths.py": "path expressions",
    "pydantic_models.py": "pydantic classes of which checkers know the fields",
    "sets.py": "intersections, differences; unions of rows",
    "signals.py": "typed signals: Tortoise's decorators take any function",
    "totals.py": "aggregate()",
    "unloaded.py": "a relation that is not loaded can only be awaited",
}
"""Files that are about one thing which Tortoise ORM has not, or has not typed."""
REASONS = {
    r"^from tortoise": "names that Tortoise ORM has elsewhere, or not at all",
    r"if Hero\.all\(\):": "only pyright reports it",
    r"\.objects\b": "there is no `objects`",
    r"\bq\.|await four": "there are no paths",
    r"pk\"|\"team\", |\"tenant": "`pk` and relations name no columns there",
    r"OuterRef|Exists\(": "they are not there",
    r"(team|mentor|missions|parent|featured_in|order)__(in|not|isnull)\b": "relations have fewer lookups",
    r"__date=": "there is no such lookup",
    r"__in=.*(values_list|Team\.all|filter\()": "a question is no list of values",
    r"(Count|Sum|Lower|Prefetch)\(\"(heros|heroes__pwoer|pwoer|nam|tem|heroes)\"": "names in expressions are not seen",
    r"with_mentors|Count\[str\]": "nor does one that has a name itself",
    r"\b(total|mean|m|share|best), |Max\(\"missions__starts_at\"\)": "the driver decides about the type",
    r"team\.heroes\.annotate|named\(team\.heroes\)": "relations are no query sets",
    r"named\(Team\.all\(\)\)": "query sets pass as those of any model",
    r"fetch_related|fetched|full\.|behind\.missions": "relations are loaded in place",
    r"hero\.team\.name|in team\.heroes|await hero\.mentor": "as these are somewhere, they may be loaded",
    r"\.strong\b": "Prefetch objects do not know their attribute",
    r"using_db=connection|ORM\.|@atomic|hire\(": "their imports are not there",
    r"\.annotate\(n=Count\(\"id\"\)\)$": "rows of values take no more questions",
    r"bulk_(create|update)": "no objects come back, and no signals go out",
    r"describe\(\)": "Tortoise ORM types it loosely",
}


def test_probes(tmp_path: Path) -> None:
    root = (tmp_path / "project").resolve()
    checkers.copy_of(checkers.TYPING / "project", root, "*.pyi")
    probes = {each.name: each.read_text("utf-8") for each in sorted(checkers.TYPING.glob("*.py"))}
    assert WITHOUT.keys() < probes.keys()
    probes = {name: theirs(text) for name, text in probes.items() if name not in WITHOUT}
    for path in root.rglob("*.py"):
        path.write_text(theirs(path.read_text("utf-8")), "utf-8")
    settings = root / "pyproject.toml"
    settings.write_text(f'[tool.ormgen]\nfor = "tortoise"\n\n{settings.read_text()}')
    for name, text in probes.items():
        (root / name).write_text(checkers.IGNORE.sub("", text), "utf-8")
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    shutil.rmtree(root / "tenants")
    findings = list(checkers.mypy(root))
    assert [str(found) for found in findings if found.path.endswith(".pyi")] == []
    hits, otherwise = 0, []
    for name, text in probes.items():
        score = checkers.score(findings, name, text)
        lines = text.splitlines()
        hits += score.hits
        otherwise += [each.partition(": ")[2] for each in score.missed]
        otherwise += [lines[each.line - 1].strip() for each in score.false]
    unexplained = [line for line in otherwise if not any(re.search(pattern, line) for pattern in REASONS)]
    assert not unexplained, "\n".join(unexplained)
    assert [why for pattern, why in REASONS.items() if not any(re.search(pattern, line) for line in otherwise)] == []
    assert hits > 400


def theirs(text: str) -> str:
    """A source with the names of Tortoise ORM."""
    return re.sub(r"\bormgen\b", "tortoise", text)
