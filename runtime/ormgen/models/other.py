"""The model of another question, in the signatures of generated stubs."""

from __future__ import annotations

from typing_extensions import TypeVar

from ormgen.models.model import Model

Other = TypeVar("Other", bound=Model)
