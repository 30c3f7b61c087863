"""The codemod: a module of a project written for Tortoise ORM becomes one for ormgen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import libcst as cst
from libcst import matchers as m
from libcst.helpers import get_full_name_for_node
from libcst.metadata import QualifiedNameSource, Scope

from ormgen.schema.model_schema import KNOWN_META
from ormgen.schema.names import nearest
from ormgen_codegen.adopt import imports, names
from ormgen_codegen.adopt.imports import Place, Plan
from ormgen_codegen.adopt.module import Habits
from ormgen_codegen.adopt.names import NEW_SETTINGS, SETTINGS
from ormgen_codegen.adopt.texts import Told, adopted_text, is_aerich, rewritten, without_aerich

Text = cst.SimpleString | cst.ConcatenatedString
Statements = cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]
_TYPE_COMMENT: Final = re.compile(r"#\s*type:(?!\s*ignore)")
_LOGGER: Final = m.Call(
    func=m.Name("getLogger") | m.Attribute(attr=m.Name("getLogger")), args=[m.Arg(m.SimpleString())]
)


class _Names(cst.CSTTransformer):
    """Changes names, and what is asked of modules of Tortoise ORM; `told` is what has to be said, and where."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.told: list[tuple[cst.CSTNode, str, str | None]] = []
        self.lost = False  # whether something is asked of `tortoise` which ormgen does not have

    def tell(self, node: cst.CSTNode, fact: str, hint: str | None = None) -> None:
        self.told.append((node, fact, hint))

    def scope_of(self, node: cst.CSTNode) -> Scope | None:
        raise NotImplementedError

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        first = imports.root(original_node)
        if not isinstance(first, cst.Name) or first.value not in self.plan.modules:
            return updated_node
        module, last = self._module_of(original_node.value), original_node.attr.value
        if module is None or names.has_module(names.own(f"{module}.{last}")):
            return updated_node
        place, home = names.equal(module, last), names.own(module)
        if place is None:
            self.tell(original_node, f"ormgen has nothing called {get_full_name_for_node(original_node)}")
            self.lost |= first.value == names.TORTOISE
        elif place[0] != home and not names.lists(home, place[1]):
            self.tell(original_node, f"{home} has no {last}", f"ormgen has it in {place[0]}")
        elif place[1] != last:
            return updated_node.with_changes(attr=updated_node.attr.with_changes(value=place[1]))
        return updated_node

    def _module_of(self, node: cst.BaseExpression) -> str | None:
        """The module of Tortoise ORM that an expression stands for."""
        scope = self.scope_of(node)
        found = scope.get_qualified_names_for(node) if scope is not None else ()
        modules = [each.name for each in found if each.source is QualifiedNameSource.IMPORT]
        return next((each for each in modules if names.is_theirs(each) and names.is_module(each)), None)


class _InText(_Names):
    """Changes names in a text that stands for a type."""

    def __init__(self, plan: Plan, scope: Scope) -> None:
        super().__init__(plan)
        self.scope = scope

    def scope_of(self, node: cst.CSTNode) -> Scope | None:
        return self.scope

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        name = original_node.value
        for each in self.scope[name] if name in self.plan.news else ():
            if imports.is_theirs(each) and (each.node, name) not in self.plan.aliased:
                return updated_node.with_changes(value=self.plan.news[name])
        return updated_node


class Adopt(_Names):
    """Changes a module at `path`."""

    def __init__(
        self, path: str, module: cst.Module, scopes: Mapping[cst.CSTNode, Scope | None], habits: Habits, keeping: bool
    ) -> None:
        found = {scope for scope in scopes.values() if scope is not None}
        super().__init__(imports.planned(module, found, habits, keeping))
        self.path = path
        self.module = module
        self.scopes = scopes
        self.habits = habits
        self.keeping = keeping
        self.passed: set[cst.CSTNode] = set()  # texts that say something else, or are looked at with others
        self.loggers: set[cst.CSTNode] = set()
        self.above: list[cst.EmptyLine] = []  # comments of the import that was split
        self.in_suite = False  # whether statements stand behind a colon
        self.indentation = 0

    def scope_of(self, node: cst.CSTNode) -> Scope | None:
        return self.scopes.get(node)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        if self.habits.settings and original_node.value == SETTINGS:
            return updated_node.with_changes(value=NEW_SETTINGS)
        new = self.plan.renamed.get(original_node)
        return updated_node if new is None else updated_node.with_changes(value=new)

    # -- imports

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        changed = [self._imported(*each) for each in zip(original_node.names, updated_node.names, strict=True)]
        return updated_node.with_changes(names=changed)

    def _imported(self, original: cst.ImportAlias, updated: cst.ImportAlias) -> cst.ImportAlias:
        name = original.evaluated_name
        self._tell_left(original, name)
        if not names.is_theirs(name):
            return updated
        if not names.has_module(names.own(name)):
            self.tell(original, f"ormgen has no module {names.own(name)}")
            self.lost |= original.asname is None
        if not names.has_module(names.own(name)) or (self.keeping and original.asname is None):
            return updated
        return updated.with_changes(name=imports.dotted(names.own(name)))

    def _tell_left(self, node: cst.CSTNode, module: str) -> None:
        first = module.partition(".")[0]
        if first in names.HINTS:
            self.tell(node, f"{module} is imported, which ormgen does not use", names.HINTS[first])

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.FlattenSentinel[cst.BaseSmallStatement]:
        module = imports.source_of(original_node)
        if module is None or not names.is_theirs(module):
            self._tell_left(original_node, module or "")
            return updated_node
        if isinstance(original_node.names, cst.ImportStar):
            if names.has_module(names.own(module)):
                return updated_node.with_changes(module=imports.dotted(names.own(module)))
            self.tell(original_node, f"ormgen has no module {names.own(module)}")
            return updated_node
        groups: dict[str, list[cst.ImportAlias]] = {}
        for alias in original_node.names:
            place = self._place(module, alias)
            made = imports.adopted_alias(original_node, alias, place, self.plan)
            groups.setdefault(module if place is None else place[0], []).append(made)
        if len(groups) == 1:
            ((source, listed),) = groups.items()
            tree = updated_node.module if source == module else imports.dotted(source)
            return updated_node.with_changes(module=tree, names=listed)
        self.above += imports.comments(original_node)
        if self.above and self.in_suite:
            self.above.clear()
            self.tell(original_node, "the names of this import are in several modules now", "write one for each")
            return updated_node
        return cst.FlattenSentinel(imports.split(groups))

    def _place(self, module: str, alias: cst.ImportAlias) -> Place | None:
        place = names.equal(module, alias.evaluated_name)
        if place is None:
            self.tell(alias, f"ormgen has no {alias.evaluated_name} of {module}", names.HINTS.get(module))
        return place

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> None:
        self.in_suite = True

    def leave_SimpleStatementSuite(
        self, original_node: cst.SimpleStatementSuite, updated_node: cst.SimpleStatementSuite
    ) -> cst.SimpleStatementSuite:
        self.in_suite = False
        return updated_node

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:
        self.indentation += len(node.indent or self.module.default_indent)

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        self.indentation -= len(original_node.indent or self.module.default_indent)
        return updated_node

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> Statements:
        """Imports that came from one stand on lines of their own, if that one did."""
        leading = [*updated_node.leading_lines, *self.above]
        self.above.clear()
        if len(original_node.body) > 1 or len(updated_node.body) == 1:
            return updated_node.with_changes(leading_lines=leading)
        room = imports.WIDTH - self.indentation
        parts = [imports.fitting(each, room) for each in updated_node.body if isinstance(each, cst.ImportFrom)]
        lines = [cst.SimpleStatementLine([each]) for each in parts]
        lines[0] = lines[0].with_changes(leading_lines=leading)
        lines[-1] = lines[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
        return cst.FlattenSentinel(lines)

    # -- options of models

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        """Options of `class Meta` that ormgen takes for misspelt ones, and Tortoise ORM passes over."""
        if not any(self._is_model(each.value) for each in node.bases):
            return
        for meta in m.findall(node.body, m.ClassDef(name=m.Name("Meta"))):
            for option in m.findall(meta, m.AssignTarget(target=m.Name())):
                name = cst.ensure_type(cst.ensure_type(option, cst.AssignTarget).target, cst.Name).value
                if name not in KNOWN_META and nearest(name, KNOWN_META) is not None and not name.startswith("_"):
                    self.tell(option, f"ormgen has no option {name} of `class Meta`", "take it out")

    def _is_model(self, node: cst.BaseExpression) -> bool:
        scope = self.scope_of(node)
        found = {each.name for each in scope.get_qualified_names_for(node)} if scope is not None else set()
        return not found.isdisjoint({"tortoise.Model", "tortoise.models.Model"})

    # -- texts

    def visit_Expr(self, node: cst.Expr) -> None:
        self.passed.add(node.value)

    def visit_Call(self, node: cst.Call) -> None:
        if m.matches(node, _LOGGER):
            self.loggers.add(node.args[0].value)

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> None:
        self.passed |= {node.left, node.right}
        if node not in self.passed:
            self._text(node, node)

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        return updated_node if original_node in self.passed else self._text(original_node, updated_node)

    def _text(self, original: Text, updated: Text) -> Text:
        value = original.evaluated_value
        if not isinstance(value, str):
            return updated
        if original in self.loggers and value == names.TORTOISE:
            told = Told(imports.OWN)
        elif original in self.plan.texts:
            told = Told(self._type(original, value, self.plan.texts[original]))
        else:
            told = adopted_text(value, self.path, self.habits, self.plan.news)
        if told.fact is not None:
            self.tell(original, told.fact, told.hint)
        if told.value is None or told.value == value:
            return updated
        made = rewritten(updated, told.value) if isinstance(updated, cst.SimpleString) else None
        if made is None:
            self.tell(original, f'"{value}" is not written as one text', f'write "{told.value}"')
        return made or updated

    def _type(self, node: Text, value: str, scope: Scope) -> str:
        """A type that is written as text."""
        work = _InText(self.plan, scope)
        made = cst.parse_module(value).visit(work)
        for _, fact, hint in work.told:
            self.tell(node, fact, hint)
        return made.code

    def visit_Comment(self, node: cst.Comment) -> None:
        """A comment that stands for a type."""
        for old, new in self.plan.news.items() if _TYPE_COMMENT.match(node.value) else ():
            if re.search(rf"\b{old}\b", node.value):
                self.tell(node, f"{old} stands in this comment, and is {new} now")

    def visit_List(self, node: cst.List) -> None:
        self._pass_aerich(node)

    def visit_Tuple(self, node: cst.Tuple) -> None:
        self._pass_aerich(node)

    def _pass_aerich(self, node: cst.List | cst.Tuple) -> None:
        self.passed |= {each.value for each in node.elements if is_aerich(each.value)}

    def leave_List(self, original_node: cst.List, updated_node: cst.List) -> cst.BaseExpression:
        return without_aerich(updated_node)

    def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.BaseExpression:
        return without_aerich(updated_node)
