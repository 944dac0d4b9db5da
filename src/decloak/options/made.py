"""Made: the module `keywords`, which tells type checkers the keywords of `Settings`.

``scripts/generated`` writes it; a test compares.
"""

from __future__ import annotations

import sys

from decloak.options.leaves import Leaf, leaves
from decloak.options.model import Settings, keywords

__all__ = ["module"]

_HEAD = '''"""Keywords: what `Settings` takes, for type checkers. Made by `decloak.options.made`; declares nothing new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from os import PathLike
from typing import Any, Literal, TypedDict

from decloak.options.groups import (
    @NAMES@
)

__all__ = ["Keywords"]


class Keywords(TypedDict, total=False):
    """The groups, and the flat keywords that lead to their options."""

'''


def module() -> str:
    """Return the text of the module."""
    lines = []
    for group, field in Settings.model_fields.items():
        kind = field.annotation
        main = getattr(kind, "main", None)
        alone = next((_type(each) for each in leaves() if each.key == f"{group}.{main}"), None)
        name = getattr(kind, "__name__", "object")
        lines.append(f"    {group}: {' | '.join(filter(None, (name, 'Mapping[str, Any]', alone)))}")
    for name, (leaf, former) in keywords().items():
        if not former:
            lines.append(f"    {name}: {_type(leaf)}")
    names = ",\n    ".join(
        sorted(
            str(getattr(each.annotation, "__name__", "")) for each in Settings.model_fields.values()
        )
    )
    return _HEAD.replace("@NAMES@", f"{names},") + "\n".join(lines) + "\n"


def _type(leaf: Leaf) -> str:
    """Return the type of an option's values as one writes it."""
    kind = leaf.kind()
    if "enum" in kind and "$ref" not in kind:
        name = f"Literal[{', '.join(map(repr, kind['enum']))}]"
    elif leaf.pair:
        name = "tuple[float, float]"
    elif leaf.many:
        name = "Collection[str]"
    elif kind.get("format") == "path":
        name = "str | PathLike[str]"
    else:
        name = {"boolean": "bool", "integer": "int", "number": "float"}.get(
            kind.get("type", ""), "str"
        )
    return name if leaf.schema is kind else f"{name} | None"


if __name__ == "__main__":
    sys.stdout.write(module())
