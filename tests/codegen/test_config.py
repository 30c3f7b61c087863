"""`[tool.ormgen]` in pyproject.toml."""

from pathlib import Path

import pytest

from ormgen.exceptions import ConfigurationError
from ormgen_codegen.config import Config, load_config


def config(folder: Path, text: str) -> Config:
    (folder / "pyproject.toml").write_text(text, "utf-8")
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    return load_config(inner)


def test_nearest_file_counts(tmp_path: Path) -> None:
    found = config(tmp_path, '[tool.ormgen]\napps = { shop = ["shop.models"] }\nscan = ["app", "main.py"]\n')
    assert found.root == tmp_path
    assert (dict(found.apps), found.scan, found.modules) == (
        {"shop": ("shop.models",)},
        ("app", "main.py"),
        ("shop.models",),
    )


def test_settings_of_an_application_are_understood(tmp_path: Path) -> None:
    text = """
        [tool.ormgen]
        use_tz = true
        [tool.ormgen.connections]
        default = "sqlite://:memory:"
        [tool.ormgen.apps.models]
        models = ["a.models", "b.models"]
        default_connection = "default"
        [tool.ormgen.apps]
        other = ["b.models", "c"]
    """
    found = config(tmp_path, text)
    assert dict(found.apps) == {"models": ("a.models", "b.models"), "other": ("b.models", "c")}
    assert found.modules == ("a.models", "b.models", "c")


@pytest.mark.parametrize("text", ["", "[tool.other]\nx = 1", "tool = 5"])
def test_nothing_said(tmp_path: Path, text: str) -> None:
    assert config(tmp_path, text).modules == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[tool.ormgen]\nap = {}", 'tool.ormgen has no key "ap"; did you mean "apps"?'),
        (
            "[tool.ormgen]\nzzz = {}",
            'tool.ormgen has no key "zzz"; choose from apps, depth, for, location, orm, pydantic, queries, scan, '
            "src_folder",
        ),
        ("[tool.ormgen]\napps = []", "tool.ormgen.apps maps app labels to lists of modules"),
        ('[tool.ormgen.apps]\nx = "models"', "tool.ormgen.apps.x is not a list of names"),
        ("[tool.ormgen.apps.x]\nmodels = [1]", "tool.ormgen.apps.x.models is not a list of names"),
        ('[tool.ormgen.apps]\n"a.b" = []', 'tool.ormgen.apps.a.b: "a.b" cannot be an app label'),
        ("[tool]\normgen = 5", "tool.ormgen is not a table"),
        ('[tool.ormgen]\nfor = "tortose"', "tool.ormgen.for cannot be 'tortose'; did you mean \"tortoise\"?"),
        ('[tool.ormgen]\ndepth = "ful"', "tool.ormgen.depth cannot be 'ful'; did you mean \"full\"?"),
        ("[tool.ormgen]\ndepth = 3", "tool.ormgen.depth cannot be 3; choose from auto, full, exact, used, lean"),
        ("[tool.ormgen]\nscan = [", "Invalid value (at end of document)"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        config(tmp_path, text)
    assert str(told.value) == f"pyproject.toml: {error}"


def test_not_text(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(ConfigurationError, match=r"pyproject.toml: .*invalid start byte"):
        load_config(tmp_path)
