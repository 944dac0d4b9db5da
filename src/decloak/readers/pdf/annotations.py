"""Annotations: what lies on a page beside its text: links, notes, fields of forms, attached files."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pypdfium2 import raw

from decloak.readers.pdf.engine import wide_string

__all__ = ["Box", "Note", "attached", "notes_of"]

Box = list[float]
"""x0, y0, x1, y1 in points."""

_MOST = 10_000
_LONGEST = 1 << 16  # bytes of a link's target
_KINDS = {
    raw.FPDF_ANNOT_WIDGET: "field",
    raw.FPDF_ANNOT_FILEATTACHMENT: "attachment",
}
_PASSED_OVER = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)


@dataclass(frozen=True, slots=True)
class Note:
    """Something on a page that is no part of its text.

    Attributes:
        kind: ``link``, ``field``, ``attachment``, or ``note`` for a comment of any shape.
        text: the target of a link, the value of a field, the words of a note.
        boxes: where it is on the page.
        launches: whether a click starts a program.
        file: the name and the bytes of an attached file.
    """

    kind: str
    text: str
    boxes: list[Box]
    launches: bool = False
    file: tuple[str, bytes] | None = None


def notes_of(document: Any, page: Any, form: Any, most: int) -> Iterator[Note]:
    """Yield what lies on a page; never more than ten thousand of each.

    Args:
        document: the handle.
        page: the handle.
        form: the handle of the document's forms, or None.
        most: bytes of an attached file that are read.
    """
    yield from _links(document, page)
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            note = _note(annotation, form, most)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        if note is not None:
            yield note


def _note(annotation: Any, form: Any, most: int) -> Note | None:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind in _PASSED_OVER:
        return None
    if kind == raw.FPDF_ANNOT_WIDGET and form is not None:
        text = wide_string(partial(raw.FPDFAnnot_GetFormFieldValue, form, annotation))
    else:
        key = b"V" if kind == raw.FPDF_ANNOT_WIDGET else b"Contents"
        text = wide_string(partial(raw.FPDFAnnot_GetStringValue, annotation, key))
    file = None
    if kind == raw.FPDF_ANNOT_FILEATTACHMENT:
        file = attached(raw.FPDFAnnot_GetFileAttachment(annotation), most)
    if not text.strip() and file is None:
        return None
    area = raw.FS_RECTF()
    boxes = [_box(area)] if raw.FPDFAnnot_GetRect(annotation, area) else []
    return Note(_KINDS.get(kind, "note"), text, boxes, file=file)


def attached(attachment: Any, most: int) -> tuple[str, bytes] | None:
    """Read an attached file; None where it is not in the PDF, or is longer than allowed.

    Args:
        attachment: the handle.
        most: bytes that are read.
    """
    if not attachment:
        return None
    name = wide_string(partial(raw.FPDFAttachment_GetName, attachment)) or "attachment"
    length = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(attachment, None, 0, length) or length.value > most:
        return None
    buffer = ctypes.create_string_buffer(max(length.value, 1))
    if not raw.FPDFAttachment_GetFile(attachment, buffer, length.value, length):
        return None
    return name, buffer.raw[: length.value]


def _links(document: Any, page: Any) -> Iterator[Note]:
    place, link = ctypes.c_int(0), raw.FPDF_LINK()
    for _ in range(_MOST):
        if not raw.FPDFLink_Enumerate(page, place, link):
            return
        action = raw.FPDFLink_GetAction(link)
        kind = raw.FPDFAction_GetType(action) if action else 0
        if kind == raw.PDFACTION_URI:
            target = _bytes(partial(raw.FPDFAction_GetURIPath, document, action))
        elif kind in {raw.PDFACTION_LAUNCH, raw.PDFACTION_REMOTEGOTO}:
            target = _bytes(partial(raw.FPDFAction_GetFilePath, action))
        else:
            continue
        if target:
            launches = kind == raw.PDFACTION_LAUNCH
            yield Note("link", target, _boxes(link), launches=launches)


def _bytes(get: Any) -> str:
    length = get(None, 0)
    if not 1 < length <= _LONGEST:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(buffer, length)
    return buffer.value.decode("utf-8", "replace").strip()


def _boxes(link: Any) -> list[Box]:
    """Return where a link can be clicked: its quadrilaterals, or its rectangle."""
    found, quad = [], raw.FS_QUADPOINTSF()
    for index in range(min(raw.FPDFLink_CountQuadPoints(link), 100)):
        if raw.FPDFLink_GetQuadPoints(link, index, quad):
            across = quad.x1, quad.x2, quad.x3, quad.x4
            up = quad.y1, quad.y2, quad.y3, quad.y4
            found.append([min(across), min(up), max(across), max(up)])
    area = raw.FS_RECTF()
    if not found and raw.FPDFLink_GetAnnotRect(link, area):
        found.append(_box(area))
    return [[round(side, 2) for side in box] for box in found]


def _box(area: Any) -> Box:
    across, up = sorted((area.left, area.right)), sorted((area.bottom, area.top))
    return [round(side, 2) for side in (across[0], up[0], across[1], up[1])]
