"""Sources of public projects, downloaded from the package index."""

import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

import pytest


def unpacked(folder: Path, wanted: Iterable[str]) -> Path:
    """The folder with the sources of packages, each `name==version`; the test is skipped where they cannot be had."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", "--dest=archives"]
    for each in wanted:
        download = subprocess.run([*command, each], cwd=folder, capture_output=True, text=True, check=False)
        if download.returncode:
            pytest.skip(f"cannot download the source of {each}")
    for path in folder.glob("archives/*.tar.gz"):
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
    return folder
