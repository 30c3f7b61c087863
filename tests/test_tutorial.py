"""docs/tutorial.md works from an empty folder: a new environment, the wheel, every command."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from pages import DOCS, ROOT, Project

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the tutorial (curl is not installed)")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with the wheel of this checkout."""
    folder = tmp_path / "wheels"
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    return folder


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    """What is installed here but ormgen, in the place of a package index: nothing is downloaded."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    for name in ("purelib", "platlib"):
        for path in Path(sysconfig.get_path(name)).iterdir():
            if not path.name.startswith(("ormgen", "_ormgen", "__editable__")) and path.suffix != ".pth":
                (folder / path.name).unlink(missing_ok=True)
                (folder / path.name).symlink_to(path)
    return folder


class Beginner(Project):
    """A project in an empty folder, whose new environments find the libraries."""

    libraries: Path

    def entered(self, scripts: Path) -> None:
        (packages,) = (scripts.parent / "lib").glob("python*/site-packages")
        (packages / "libraries.pth").write_text(f"{self.libraries}\n")
        here = f"#!{sys.executable}\n".encode()
        for program in Path(sys.executable).parent.iterdir():  # what pip would have written for the libraries
            text = program.read_bytes() if program.is_file() else b""
            if text.startswith(here) and program.name != "ormgen" and not (scripts / program.name).exists():
                (scripts / program.name).write_bytes(text.replace(here, f"#!{scripts / 'python'}\n".encode(), 1))
                (scripts / program.name).chmod(0o755)


def test_from_an_empty_folder(tmp_path: Path, wheels: Path, libraries: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with Beginner(folder, offline, packages=False) as project:
        project.libraries = libraries
        project.play(DOCS / "tutorial.md")
    installed = list(folder.glob(".venv/lib/python*/site-packages/ormgen"))
    assert len(installed) == 1, "the tutorial ran with another ormgen"
