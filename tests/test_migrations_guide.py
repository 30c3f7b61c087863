"""What docs/migrations.md shows works, read from top to bottom."""

from pathlib import Path

import pytest

from pages import DOCS, Project


@pytest.mark.feature(221, 222, 223, 225, 226, 227, 231, 232)
def test_the_guide_from_top_to_bottom(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.play(DOCS / "migrations.md")
    assert project.ran("start.py") == "models.0003_seed\nmodels.0004_index\n"
