"""A synthetic project: N models of 12 fields, 3 foreign keys and a many-to-many relation, and 5 queries about each."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

PER_MODULE = 20
WORDS = (
    "alpine basic cedar delta ember fjord grove harbor island jade kelp lunar maple north ocean pearl quartz".split()
)
THINGS = (
    "Account Batch Customer Device Employee Factor Group Invoice Journal Key Ledger Machine Note Order Part".split()
)
NAMES = {
    "CharField(max_length=100)": ["name", "label", "title", "slug", "city", "phone"],
    "TextField()": ["notes", "summary", "body"],
    "IntField()": ["size", "count", "rank", "level"],
    "BooleanField(default=False)": ["archived", "is_active", "locked"],
    "DatetimeField(auto_now_add=True)": ["created_at", "sent_at", "seen_at"],
    "DateField(null=True)": ["birth_date", "start_date"],
    "DecimalField(max_digits=12, decimal_places=2, default=0)": ["price", "balance"],
    "FloatField(null=True)": ["ratio", "weight"],
    "UUIDField(null=True)": ["token"],
    "JSONField(default=dict)": ["payload"],
}
SHAPE = (
    "CharField(max_length=100)",
    "CharField(max_length=100)",
    "TextField()",
    "IntField()",
    "IntField()",
    "BooleanField(default=False)",
    "DatetimeField(auto_now_add=True)",
    "DatetimeField(auto_now_add=True)",
    "DateField(null=True)",
    "DecimalField(max_digits=12, decimal_places=2, default=0)",
    "FloatField(null=True)",
)


class Synthetic:
    """One model: its name, module, fields by name, foreign keys and the many-to-many relation by name."""

    def __init__(self, number: int, models: int, random: Random) -> None:
        word = WORDS[number // len(THINGS) % len(WORDS)]
        turn = number // (len(WORDS) * len(THINGS))
        self.name = f"{word.title()}{THINGS[number % len(THINGS)]}{turn or ''}"
        self.module = f"m{number // PER_MODULE:03}"
        self.fields: dict[str, str] = {}
        for kind in SHAPE:
            free = [name for name in NAMES[kind] if name not in self.fields]
            self.fields[random.choice(free)] = kind
        near = range(max(0, number - 30), min(models, number + 31))
        targets = random.sample(near, 4)
        self.keys = [(f"{role}", target) for role, target in zip(("owner", "parent", "origin"), targets, strict=False)]
        self.many = targets[3]

    def text(self, all_models: "list[Synthetic]") -> Iterator[str]:
        """The class statement."""
        yield f"class {self.name}(Model):"
        yield "    id = fields.IntField(primary_key=True)"
        for name, kind in self.fields.items():
            yield f"    {name} = fields.{kind}"
        lower = self.name.lower()
        for role, target in self.keys:
            null = ", null=True" if role == "origin" else ""
            yield (
                f"    {role} = fields.ForeignKeyField("
                f'"models.{all_models[target].name}", related_name="{lower}_{role}s"{null})'
            )
        yield f'    tags = fields.ManyToManyField("models.{all_models[self.many].name}", related_name="{lower}_tags")'
        yield ""
        yield "    def __str__(self) -> str:"
        yield f'        return f"{self.name} {{self.id}} {{self.{next(iter(self.fields))}}}"'
        yield ""
        yield ""

    def queries(self, all_models: "list[Synthetic]") -> Iterator[str]:
        """A function of an application, with five queries."""
        text, number = next(iter(self.fields)), next(n for n, kind in self.fields.items() if kind == "IntField()")
        owner = all_models[self.keys[0][1]]
        owned = next(iter(owner.fields))
        yield f"async def use_{self.name.lower()}(key: int) -> str:"
        yield f'    asked = {self.name}.filter({text}__icontains="a", {number}__gte=key)'
        yield f'    found = await asked.order_by("-{number}").limit(5)'
        yield f'    near = await {self.name}.filter(owner__{owned}="a").select_related("owner").first()'
        yield f"    one = await {self.name}.get(id=key)"
        yield f'    rows = await {self.name}.filter(id=key).values("id", "{text}")'
        yield f"    await {self.name}.filter(id=key).update({number}=key + one.{number})"
        yield f'    owner = "" if near is None else near.owner.{owned}'
        yield f'    return f"{{owner}} {{rows[0][{text!r}]}} {{[each.{text} for each in found]}}"'
        yield ""
        yield ""


def write_project(folder: Path, models: int, seed: int = 7) -> None:
    """Write packages `app` (the models) and `service` (the queries) and a pyproject below `folder`."""
    random = Random(seed)
    made = [Synthetic(number, models, random) for number in range(models)]
    modules: dict[str, list[Synthetic]] = {}
    for model in made:
        modules.setdefault(model.module, []).append(model)
    for package in ("app", "app/models", "service"):
        (folder / package).mkdir(parents=True, exist_ok=True)
        (folder / package / "__init__.py").write_text("")
    head = "from ormgen import fields\nfrom ormgen.models import Model\n\n\n"
    for name, members in modules.items():
        body = "\n".join(line for model in members for line in model.text(made))
        (folder / "app/models" / f"{name}.py").write_text(head + body)
        imports = f"from app.models.{name} import {', '.join(model.name for model in members)}\n\n\n"
        uses = "\n".join(line for model in members for line in model.queries(made))
        (folder / "service" / f"use_{name}.py").write_text(imports + uses)
    (folder / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["app.models"] }\n')


def write_untyped_stubs(folder: Path) -> None:
    """Beside each module of models, a stub in which every field is Any: what type checking costs at least."""
    for path in sorted((folder / "app" / "models").glob("m*.py")):
        lines = ["from typing import Any", "from ormgen.models import Model", ""]
        for line in path.read_text().splitlines():
            if line.startswith("class "):
                lines.append(line)
            elif " = fields." in line:
                lines.append(f"{line.partition(' = ')[0]}: Any")
        path.with_suffix(".pyi").write_text("\n".join(lines) + "\n")


def add_field(folder: Path) -> None:
    """One more field on the first model."""
    path = folder / "app" / "models" / "m000.py"
    text = path.read_text()
    number = text.count("extra")
    line = "    id = fields.IntField(primary_key=True)\n"
    path.write_text(text.replace(line, f"{line}    extra{number} = fields.IntField(default=0)\n", 1))


def write_application(folder: Path, lines: int) -> int:
    """Ordinary modules, one in ten of them with queries; the number of lines."""
    folder.mkdir(parents=True)
    plain = "".join(
        f"def compute_{n}(first: int, second: int) -> int:\n    # adds and multiplies\n"
        f"    total = first * {n} + second\n    return total if total > {n} else -total\n\n\n"
        for n in range(33)
    )
    asking = plain + "".join(
        f"async def load_{n}() -> object:\n"
        f'    return await Hero.filter(team__name__icontains="x{n}").values("id")\n\n\n'
        for n in range(10)
    )
    written = number = 0
    while written < lines:
        text = asking if number % 10 == 0 else plain
        (folder / f"part{number:04}.py").write_text(text)
        written, number = written + text.count("\n"), number + 1
    return written
