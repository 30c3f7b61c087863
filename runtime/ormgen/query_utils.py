"""Helpers for queries: `from ormgen.query_utils import Prefetch, Q`."""

from ormgen.models.prefetch import Prefetch
from ormgen.query.expressions import Q

__all__ = ["Prefetch", "Q"]
