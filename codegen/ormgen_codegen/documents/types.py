"""Type texts of the graph as annotations of a module that runs, with the imports that they need."""

from __future__ import annotations

from ormgen_codegen.annotations import BARE, TypeNode, Unreadable, read_type


class Imports:
    """The modules that a file imports: each has an alias that begins with an underscore, as no field's name does."""

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}

    def module(self, name: str) -> str:
        """The alias of a module."""
        return self.modules.setdefault(name, f"_{name.replace('.', '_')}")

    def path(self, path: str) -> str:
        """A name of a module, given as `module:Qualified.Name`."""
        module, _, name = path.partition(":")
        return f"{self.module(module)}.{name}"

    def annotation(self, text: str, members: frozenset[str]) -> str:
        """A type text as an annotation in a class with `members`; Any where it cannot be read."""
        try:
            return self._spell(read_type(text), members)
        except Unreadable:
            return "Any"

    def listed(self) -> tuple[tuple[str, str], ...]:
        """All imports, in order."""
        return tuple(sorted(self.modules.items()))

    def _spell(self, node: TypeNode, members: frozenset[str]) -> str:
        parts = [self._spell(part, members) for part in node.parts]
        if node.name == "|":
            return "Any" if "Any" in parts else " | ".join(parts)
        if node.name == "[]":
            return f"[{', '.join(parts)}]"
        if node.name in ("typing:Any", "object"):
            return "Any"
        name = node.name if node.is_value else self._named(node.name, members)
        return f"{name}[{', '.join(parts)}]" if parts else name

    def _named(self, name: str, members: frozenset[str]) -> str:
        if ":" in name:
            return self.path(name)
        bare = name in BARE and name not in members
        return name if bare or name in ("None", "...") else f"{self.module('builtins')}.{name}"
