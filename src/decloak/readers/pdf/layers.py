"""Layers: what is painted on a page, from the back to the front, and what is behind each glyph."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import islice, repeat
from typing import Any, NamedTuple

import numpy as np
from pypdfium2 import raw

from decloak.readers.pdf.engine import address, calls

__all__ = ["Cover", "Layers", "Rule", "has_picture", "layers_of"]

MOST_OBJECTS = 50_000
"""Objects of a page that are looked at for what they hide."""

_TEXT, _PATH, _FORM = raw.FPDF_PAGEOBJ_TEXT, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM
_IMAGE = raw.FPDF_PAGEOBJ_IMAGE
_MOST_RULES = 2_000
_LOWEST = 6.0  # points: what is lower is no side of a cell
_THIN = 3.0  # points: rules and borders hide nothing
_DEPTH = 8
_ROOM = 1 << 20  # depths that the objects of one form have
_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


Box = tuple[float, float, float, float]


class Cover(NamedTuple):
    """Something painted that is no text.

    Attributes:
        depth: larger than that of all that lies behind it.
        box: x0, y0, x1, y1 in points.
        colour: red, green, blue, 0 to 255, of a plain rectangle; None of anything else.
    """

    depth: int
    box: Box
    colour: tuple[int, int, int] | None


Rule = tuple[float, float, float]


class Layers(NamedTuple):
    """What a page is painted of.

    Attributes:
        texts: the depth of every text object, by its address.
        covers: from the back to the front.
        rules: upright edges of lines and boxes, as of a table's cells: x, y0, y1 in points.
        whole: False where there are more objects than are looked at.
    """

    texts: dict[int, int]
    covers: tuple[Cover, ...]
    rules: tuple[Rule, ...]
    whole: bool


def layers_of(page: Any) -> Layers:
    """Read the layers of a loaded page."""
    call = calls()
    count = raw.FPDFPage_CountObjects(page)
    if count > MOST_OBJECTS:
        return Layers({}, (), (), whole=False)
    items = list(map(call.page_object, repeat(address(page)), range(count)))
    kinds = np.fromiter(map(call.kind, items), np.int8, count)
    others = np.flatnonzero(kinds != _TEXT).tolist()
    if not others:  # nothing is behind the text or above it
        return Layers({}, (), (), whole=True)
    texts = {item: depth * _ROOM for depth, item in enumerate(items)}
    covers: list[Cover] = []
    rules: list[Rule] = []
    looked_at = 0
    for place in others:
        for inside, (item, kind, matrix) in enumerate(_opened(items[place], int(kinds[place]))):
            looked_at += 1
            if looked_at > MOST_OBJECTS:
                return Layers(texts, tuple(covers), (), whole=False)
            depth = place * _ROOM + inside
            if kind == _TEXT:
                texts[item] = depth
                continue
            shape = _shape(item, kind, matrix)
            if shape is None:
                continue
            (x0, y0, x1, y1), colour, filled, plain = shape
            if plain and y1 - y0 > _LOWEST and len(rules) < _MOST_RULES:
                rules += (x0, y0, y1), (x1, y0, y1)
            if filled and min(x1 - x0, y1 - y0) >= _THIN:
                covers.append(Cover(depth, (x0, y0, x1, y1), colour))
    return Layers(texts, tuple(covers), tuple(rules), whole=True)


def has_picture(page: Any) -> bool:
    """Whether an image lies on a page."""
    call = calls()
    count = min(raw.FPDFPage_CountObjects(page), MOST_OBJECTS)
    items = list(map(call.page_object, repeat(address(page)), range(count)))
    return any(
        kind == _IMAGE
        for item in items
        for _, kind, _ in islice(_opened(item, call.kind(item)), MOST_OBJECTS)
    )


def _opened(item: int, kind: int) -> Iterator[tuple[int, int, _Matrix]]:
    """Yield the address, the kind and the matrix of an object, or of all that a form holds."""
    call = calls()
    levels: list[tuple[Iterator[tuple[int, int]], _Matrix]] = [(iter([(item, kind)]), _SAME)]
    while levels:
        items, matrix = levels[-1]
        for held, its_kind in items:
            if its_kind != _FORM or len(levels) > _DEPTH:
                yield held, its_kind, matrix
                continue
            pointer = ctypes.cast(held, raw.FPDF_PAGEOBJECT)
            inside = max(raw.FPDFFormObj_CountObjects(pointer), 0)
            parts = map(call.form_object, repeat(held), range(inside))
            levels.append(
                (((part, call.kind(part)) for part in parts), _times(_matrix(pointer), matrix))
            )
            break
        else:
            levels.pop()


def _shape(
    item: int, kind: int, matrix: _Matrix
) -> tuple[Box, tuple[int, int, int] | None, bool, bool] | None:
    """Return the box and the colour of an object, whether it is filled, and whether it is a line or a rectangle."""
    pointer = ctypes.cast(item, raw.FPDF_PAGEOBJECT)
    colour, filled, plain = None, True, False
    if kind == _PATH:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        if not raw.FPDFPath_GetDrawMode(pointer, fill, stroke):
            return None
        filled = bool(fill.value)
        plain = 2 <= raw.FPDFPath_CountSegments(pointer) <= 5
        if not filled and not plain:
            return None
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        raw.FPDFPageObj_GetFillColor(pointer, red, green, blue, alpha)
        if filled and plain and alpha.value == 255:
            colour = red.value, green.value, blue.value
    sides = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(pointer, *sides):
        return None
    x0, y0, x1, y1 = (side.value for side in sides)
    corners = [_moved(x, y, matrix) for x in (x0, x1) for y in (y0, y1)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return (min(across), min(up), max(across), max(up)), colour, filled, plain


def _matrix(pointer: Any) -> _Matrix:
    held = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(pointer, held):
        return _SAME
    return held.a, held.b, held.c, held.d, held.e, held.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j,
            e * g + f * i + k, e * h + f * j + m)  # fmt: skip


def _moved(x: float, y: float, matrix: _Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
