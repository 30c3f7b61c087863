"""Modules are found by path, and what they are called when a path is given."""

from pathlib import Path

import pytest

from ormgen_codegen.locate import Locator, shown_path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "one/__init__.py",
        "one/two.py",
        "one/inner/__init__.py",
        "one/inner/deep.py",
        "bare/part.py",
        "alone.py",
    ):
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('imported')\n")
    (tmp_path / "src/one/no-name.py").touch()
    (tmp_path / "src/one/fast.so").touch()
    return tmp_path


def found(locator: Locator, name: str) -> str | None:
    located = locator.find(name)
    return None if located is None else "folder" if located.path is None else located.path.name


def test_names(project: Path) -> None:
    locator = Locator([project / "nothing", project / "src"])
    names = [
        "one",
        "one.two",
        "one.inner.deep",
        "bare",
        "bare.part",
        "alone",
        "one.three",
        "alone.x",
        "one.no-name",
        "",
        ".",
    ]
    assert [found(locator, name) for name in names] == [
        "__init__.py", "two.py", "deep.py", "folder", "part.py", "alone.py", None, None, None, None, None,
    ]  # fmt: skip


def test_extension_modules_are_there_but_no_source(project: Path) -> None:
    located = Locator([project / "src"]).find("one.fast")
    assert located is not None
    assert not located.is_source


def test_packages_come_before_plain_folders(project: Path) -> None:
    (project / "first" / "one").mkdir(parents=True)
    (project / "first" / "alone").mkdir()
    locator = Locator([project / "first", project / "src"])
    assert found(locator, "one") == "__init__.py"
    assert found(locator, "alone") == "alone.py"


def test_submodules(project: Path) -> None:
    (project / "src/one/inner/again").symlink_to(project / "src/one", target_is_directory=True)
    locator = Locator([project / "src"])
    package = locator.find("one")
    assert package is not None
    names = [each.name for each in locator.submodules(package)]
    assert names[:2] == ["one.inner", "one.inner.again"]
    assert names[-2:] == ["one.inner.deep", "one.two"]
    assert len(names) < 10


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/one/two.py", "one.two"),
        ("src/one/__init__.py", "one"),
        ("src/one/inner/deep.py", "one.inner.deep"),
        ("src/bare/part.py", "bare.part"),
        ("src/alone.py", "alone"),
    ],
)
def test_names_of_paths(project: Path, path: str, name: str) -> None:
    locator, found_name = Locator([project, project / "src"]).with_root_of(project / path)
    assert found_name == name
    located = locator.find(name)
    assert located is not None
    assert located.path == project / path


def test_a_path_outside_of_all_folders(project: Path) -> None:
    locator, name = Locator([project / "nothing"]).with_root_of(project / "src/one/two.py")
    assert name == "one.two"
    assert found(locator, name) == "two.py"


def test_shown_paths(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert shown_path(project / "src" / "alone.py") == "src/alone.py"
    assert shown_path(Path("/elsewhere/x.py")) == "/elsewhere/x.py"
