"""Picture: a page drawn with some of its text and without it, and where the two differ."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from math import ceil, sqrt
from typing import Any

import numpy as np
from pypdfium2 import raw

from decloak.readers.pdf.glyphs import Boxes

__all__ = ["difference"]

_SCALE = 2.0  # pixels for each point
_MOST_PIXELS = 4_000_000
_MARGIN = 2.0  # points
_FINE = 256  # parts of a pixel in which pdfium is asked where a point lies

Array = np.ndarray[Any, Any]


def difference(page: Any, items: Iterable[int], boxes: Boxes, least: int) -> Array:
    """Say in which boxes a page looks different without some of its objects.

    Args:
        page: the handle; what is taken out of it is put back.
        items: addresses of the objects.
        boxes: (box, 4) in points.
        least: by how much a channel of a pixel must differ, of 255.

    Returns:
        (box,) bool.
    """
    pointers = [ctypes.cast(item, raw.FPDF_PAGEOBJECT) for item in items]
    view = _View(page, boxes)
    shown = view.draw()
    for pointer in pointers:
        raw.FPDFPageObj_SetIsActive(pointer, 0)
    try:
        hidden = view.draw()
    finally:
        for pointer in pointers:
            raw.FPDFPageObj_SetIsActive(pointer, 1)
    differs = (np.abs(shown.astype(np.int16) - hidden) >= least).any(2)
    summed = np.pad(differs.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    left, top, right, bottom = view.pixels_of(boxes)
    inside = summed[bottom, right] - summed[top, right] - summed[bottom, left] + summed[top, left]
    return np.asarray(inside > 0)


class _View:
    """The part of a page that some boxes cover, in pixels."""

    def __init__(self, page: Any, boxes: Boxes) -> None:
        width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
        low, high = boxes[:, :2].min(0) - _MARGIN, boxes[:, 2:].max(0) + _MARGIN
        area = max(float((high[0] - low[0]) * (high[1] - low[1])), 1.0)
        scale = min(_SCALE, sqrt(_MOST_PIXELS / area), 30_000 / max(width, height, 1.0))
        self._page = page
        self._size = max(1, ceil(width * scale)), max(1, ceil(height * scale))
        self._axes = self._directions()
        corners = self._moved(np.array([low, high, (low[0], high[1]), (high[0], low[1])]))
        start = np.maximum(np.floor(corners.min(0)), 0).astype(int)
        end = np.minimum(np.ceil(corners.max(0)), self._size).astype(int)
        self._start = start
        self._shape = np.maximum(end - start, 1)

    def _directions(self) -> Array:
        """Return where pdfium draws the page's origin and how far a point goes along x and y."""
        across, down = ctypes.c_int(), ctypes.c_int()
        fine = [min(side * _FINE, 1 << 24) for side in self._size]
        found = []
        for x, y in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
            raw.FPDF_PageToDevice(self._page, 0, 0, *fine, 0, x, y, across, down)
            found.append(
                (across.value * self._size[0] / fine[0], down.value * self._size[1] / fine[1])
            )
        origin, along, up = (np.array(point) for point in found)
        return np.stack((origin, (along - origin) / 1000, (up - origin) / 1000))

    def _moved(self, points: Array) -> Array:
        """Return points of the page in pixels of the whole page, from the upper left: (point, 2)."""
        origin, along, up = self._axes
        return np.asarray(origin + points[:, :1] * along + points[:, 1:] * up)

    def pixels_of(self, boxes: Boxes) -> Array:
        """Return boxes in pixels of the view: (4, box), half-open, at least a pixel where inside."""
        first, last = (
            self._moved(boxes[:, :2]) - self._start,
            self._moved(boxes[:, 2:]) - self._start,
        )
        low = np.clip(np.floor(np.minimum(first, last)), 0, self._shape).astype(int)
        high = np.clip(np.ceil(np.maximum(first, last)), 0, self._shape).astype(int)
        return np.concatenate((low, high), 1).T

    def draw(self) -> Array:
        """Return the view as (row, column, channel) of 0 to 255."""
        width, height = (int(side) for side in self._shape)
        buffer = np.full((height, width, 4), 255, np.uint8)
        bitmap = raw.FPDFBitmap_CreateEx(
            width, height, raw.FPDFBitmap_BGRx, buffer.ctypes.data_as(ctypes.c_void_p), width * 4
        )
        try:
            raw.FPDF_RenderPageBitmap(
                bitmap, self._page, -int(self._start[0]), -int(self._start[1]), *self._size, 0,
                raw.FPDF_ANNOT,
            )  # fmt: skip
        finally:
            raw.FPDFBitmap_Destroy(bitmap)
        return buffer[:, :, :3]
