"""Data classes of any models are Python, whatever stands in the source; those of the goldens can be imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldens import folders, inside, read
from ormgen.exceptions import ConfigurationError
from ormgen.schema.documents import DocumentOptions
from ormgen_codegen.documents.build import Wanted, build_module
from ormgen_codegen.documents.files import DocumentSettings, document_files
from ormgen_codegen.documents.views import Library
from ormgen_codegen.documents.write import write_module
from sources import HEAD
from sources import read as read_text

LIBRARIES = [each.value for each in Library]


@pytest.mark.parametrize("folder", folders(failing=False), ids=lambda folder: folder.name)
def test_goldens(folder: Path) -> None:
    with inside(folder):
        run = read(folder)
        if folder.name == "pydantic":  # one of its models computes what it says to pydantic
            with pytest.raises(ConfigurationError, match="says something that is no plain literal"):
                document_files(run, DocumentSettings())
            return
        for library in LIBRARIES:
            depth = 2 if library == "pydantic" else 0
            for text in document_files(run, DocumentSettings(library=library, depth=depth)).values():
                ast.parse(text)


@pytest.mark.parametrize("name", ["defaults", "enums", "relations", "database_fields", "composite", "inheritance"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_they_can_be_imported(name: str, library: str, tmp_path: Path) -> None:
    folder = next(each for each in folders(failing=False) if each.name == name)
    with inside(folder):
        settings = DocumentSettings(library=library, depth=1 if library == "pydantic" else 0)
        found = document_files(read(folder), settings)
    for number, text in enumerate(found.values()):
        (tmp_path / f"written_{number}.py").write_text(text)
    program = "import sys; sys.path.append(sys.argv[1])\n" + "\n".join(f"import written_{n}" for n in range(len(found)))
    command = [sys.executable, "-W", "ignore", "-c", program, str(tmp_path)]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@given(description=st.text(), default=st.text(), choice=st.sampled_from(LIBRARIES))
def test_text_of_the_user_stays_text(description: str, default: str, choice: str) -> None:
    """Descriptions and defaults are values, wherever they stand."""
    body = f"    name = fields.CharField(20, default={default!r}, description={description!r})\n"
    graph = read_text(f"{HEAD}\nclass A(Model):\n{body}").graph
    module = build_module(graph, graph, lambda model: DocumentOptions(), Wanted())
    tree = ast.parse(write_module(module, Library(choice)))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert default in strings
    if choice != "dataclasses":
        assert description in strings
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls <= {"Field", "Meta", "dataclass"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_fields_called_like_types(library: str) -> None:
    body = "    int = fields.IntField()\n    str = fields.TextField()\n    date = fields.DateField()\n"
    graph = read_text(f"{HEAD}\nclass A(Model):\n{body}").graph
    module = build_module(graph, graph, lambda model: DocumentOptions(), Wanted())
    text = write_module(module, Library(library))
    assert "int: _builtins.int\n" in text
    assert "date: _datetime.date\n" in text
    names: dict[str, object] = {}
    exec(text.replace("import models as _models\n", "").replace("_models.A", "None"), names)


def test_fields_called_like_what_is_imported() -> None:
    graph = read_text(f"{HEAD}\nclass A(Model):\n    Annotated = fields.IntField()\n").graph
    with pytest.raises(ConfigurationError, match=r"A\.Annotated: a field of that name cannot be written"):
        build_module(graph, graph, lambda model: DocumentOptions(), Wanted())
