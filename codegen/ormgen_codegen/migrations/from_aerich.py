"""Reads what aerich keeps of models: the state in its newest file, or the description in its newest row."""

from __future__ import annotations

import ast
import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import FIELDS, Document
from ormgen_codegen.migrations.foreign import ENUMS, Foreign, plain_default

OWN: Final = "aerich"  # the table of aerich itself
_STATE: Final = "MODELS_STATE"
_NOT_SET: Final = "__NOT_SET__"
_DECIMAL: Final = re.compile(r"\((\d+), ?(\d+)\)")


def state_in(path: Path) -> Mapping[str, Any] | None:
    """The models that a migration file of aerich carries, as its newer versions write them; None without any.

    Raises:
        ConfigurationError: it cannot be read.
    """
    if path.suffix != ".py":
        return None
    try:
        tree = ast.parse(path.read_bytes())
        for node in tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == _STATE:
                    found = json.loads(zlib.decompress(base64.b64decode(ast.literal_eval(value))))
                    return found if isinstance(found, dict) else None
    except (SyntaxError, ValueError, TypeError, zlib.error) as error:
        raise ConfigurationError(f"{path}: {_STATE} cannot be read: {error}") from None
    return None


def models_of(app: str, described: Mapping[str, Any]) -> list[Foreign]:
    """The models of one app as aerich describes them.

    Raises:
        ConfigurationError: it is no description of models.
    """
    try:
        return [
            _model(app, key.rpartition(".")[2], each)
            for key, each in described.items()
            if each["table"] != OWN and key.rpartition(".")[2] != "Aerich"
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f'what aerich keeps of the models of app "{app}" cannot be read: {error!r}') from None


def _model(app: str, name: str, found: Mapping[str, Any]) -> Foreign:
    made = Foreign(app, name, found["table"])
    keys = [*found.get("fk_fields", ()), *found.get("o2o_fields", ())]
    raw = {key.get("raw_field"): key for key in keys}
    columns = {each["name"]: each for each in (found["pk_field"], *found.get("data_fields", ()))}
    for column, each in columns.items():
        if column not in raw:
            made.members[column] = _field(each, column == found["pk_field"]["name"])
    for key in keys:
        made.members[key["name"]] = _key(key, columns.get(key.get("raw_field"), {}), found["pk_field"]["name"])
    for each in found.get("m2m_fields", ()):
        if not each.get("_generated"):
            made.members[each["name"]] = _pairs(each)
    made.options = {
        "table_description": found.get("description"),
        "unique_together": [tuple(group) for group in found.get("unique_together") or ()],
        "indexes": list(_indexes(found.get("indexes") or ())),
    }
    return made


def _field(found: Mapping[str, Any], key: bool) -> Document | None:
    kind = str(found["field_type"]).removesuffix("Instance")
    kind = ENUMS.get(kind, kind)
    if kind not in FIELDS:
        return None
    made: Document = {"type": kind}
    limit = found.get("constraints", {}).get("max_length")
    if limit is not None and "max_length" in FIELDS[kind].option_names:
        made["max_length"] = limit
    if kind == "DecimalField":
        digits = _DECIMAL.search(found.get("db_field_types", {}).get("", ""))
        if digits is None:
            return None
        made |= {"max_digits": int(digits[1]), "decimal_places": int(digits[2])}
    if key:
        made |= {"primary_key": True, "generated": bool(found.get("generated"))}
    else:
        made |= {"null": True} if found.get("nullable") else {}
        made |= {"unique": True} if found.get("unique") else {}
        made |= {"index": True} if found.get("indexed") and not found.get("unique") else {}
    if found.get("db_column", found["name"]) != found["name"]:
        made["source_field"] = found["db_column"]
    if kind == "DatetimeField":
        auto = next((name for name in ("auto_now", "auto_now_add") if found.get(name)), None)
        made |= {auto: True} if auto is not None else {}
    if found.get("db_default", _NOT_SET) not in (_NOT_SET, None):
        return None  # only the program knows how it is written
    made |= plain_default(found.get("default")) if not str(found.get("default")).startswith("<") else {}
    return made | ({"description": found["description"]} if found.get("description") else {})


def _key(found: Mapping[str, Any], column: Mapping[str, Any], primary: str) -> Document:
    one = str(found["field_type"]).startswith("OneToOne")
    made: Document = {"type": "OneToOneField" if one else "ForeignKeyField", "to": found["python_type"]}
    made |= {"null": True} if found.get("nullable") else {}
    made |= {"primary_key": True} if found.get("raw_field") == primary else {}
    made |= {"unique": True} if column.get("unique") and not one else {}
    made |= {"index": True} if column.get("indexed") and not column.get("unique") else {}
    made |= {"on_delete": found["on_delete"]} if found.get("on_delete") else {}
    made |= {"db_constraint": False} if found.get("db_constraint") is False else {}
    stored = column.get("db_column", f"{found['name']}_id")
    return made | ({"source_field": stored} if stored != f"{found['name']}_id" else {})


def _pairs(found: Mapping[str, Any]) -> Document:
    made: Document = {"type": "ManyToManyField", "to": found["model_name"]}
    made |= {name: found[name] for name in ("through", "forward_key", "backward_key") if found.get(name)}
    made |= {"related_name": found["related_name"]} if found.get("related_name") else {}
    made |= {"on_delete": found["on_delete"]} if found.get("on_delete") else {}
    return made | ({"db_constraint": False} if found.get("db_constraint") is False else {})


def _indexes(found: Any) -> Iterator[tuple[str, ...]]:
    for each in found:
        names = each.get("fields") if isinstance(each, Mapping) else each
        if names:
            yield tuple(names)
