"""Marks: write entities into templates, and get back plain text with their spans.

Two private-use characters bracket each entity while a template is filled in; they never leave
this module.
"""

from __future__ import annotations

from decloak.perturb import Marked

__all__ = ["collect", "mark"]

_OPEN, _SPLIT, _CLOSE = "\ue000", "\ue001", "\ue002"


def mark(label: str, surface: object, value: str | None = None) -> str:
    """Write one entity; `value` where its canonical form is not simply what stands there."""
    return f"{_OPEN}{label}{_SPLIT}{surface if value is None else value}{_SPLIT}{surface}{_CLOSE}"


def collect(template: str) -> tuple[str, tuple[Marked, ...]]:
    """Return the text without marks, and the entities in order."""
    parts: list[str] = []
    found: list[Marked] = []
    length = 0
    for piece in template.split(_OPEN):
        inside, closed, rest = piece.partition(_CLOSE)
        if closed:
            label, value, surface = inside.split(_SPLIT)
            found.append(Marked(length, length + len(surface), label, value))
            inside = surface
        parts += [inside, rest]
        length += len(inside) + len(rest)
    return "".join(parts), tuple(found)
