"""Document: a PDF opened, read page by page, and closed, with pdfium's lock held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from pypdfium2 import raw

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.readers.pdf.annotations import attached, notes_of
from decloak.readers.pdf.engine import locked, wide_string
from decloak.readers.pdf.findings import Findings
from decloak.readers.pdf.page import PageReader
from decloak.readers.pdf.request import Part, Request
from decloak.readers.pdf.text import PdfText

__all__ = ["read_pdf"]

_BYTES_OF_GLYPH = 32
"""What a glyph takes with its box, roughly: by that the limit of bytes bounds them."""

_CATALOG = re.compile(rb"/Type\s{0,3}/Catalog\b")
_OBJECT = re.compile(rb"\b(\d{1,9})\s{1,3}(\d{1,5})\s{1,3}obj\b")
_MOST_CATALOGUES = 100
_NEAR = 4_096  # bytes before the type of an object in which it begins
_LAYERED = re.compile(rb"/OCProperties|/ObjStm")
_SCRIPT = re.compile(rb"/(?:JavaScript|JS)\b")
_LAUNCH = re.compile(rb"/Launch\b")


def read_pdf(data: bytes, request: Request) -> tuple[Document, list[Part]]:
    """Read a PDF and the files embedded in it.

    Raises:
        InputError: when it cannot be opened: encrypted, damaged, or no PDF.
    """
    found, text, parts = Findings(), PdfText(), list[Part]()
    with locked(), _opened(data, ("", *request.passwords), found) as document:
        count = raw.FPDF_GetPageCount(document)
        most = request.pages
        if count > most:
            found.whole.append(
                f"it has {count} pages, and the first {most} were read: the limit; split it to read all"
            )
        if count < 1:
            found.whole.append("it has no pages")
        with _forms(document) as form:
            reader = PageReader(
                text, found, parts, glyphs=request.size // _BYTES_OF_GLYPH,
                part=request.size, layered=_LAYERED.search(data) is not None,
            )  # fmt: skip
            for index in range(min(count, most)):
                with _page(document, index) as page:
                    reader.read(index + 1, page, partial(notes_of, document, page, form))
        reader.finish()
        _scripts(document, data, text, found)
        _attachments(document, request, parts)
    if parts:
        names = ", ".join(sorted({name for name, _ in parts})[:5])
        found.whole.append(f"it holds {len(parts)} embedded files: {names}")
    written = text.finish()
    return Document(
        id=request.name, text=written, warnings=found.warnings(), source_map=text.source_map
    ), parts


@contextmanager
def _opened(data: bytes, passwords: Sequence[str], found: Findings) -> Iterator[Any]:
    """Open a PDF with the first password that fits, and close it."""
    document, reason = _loaded(data, passwords)
    mended = None
    if not document and reason != raw.FPDF_ERR_PASSWORD:
        mended = _with_trailer(data)
        if mended is not None:
            document, reason = _loaded(mended, passwords)
    if not document and reason == raw.FPDF_ERR_PASSWORD:
        message = "the PDF is encrypted and none of the passwords fits; give the one that does"
        raise InputError(message)
    if not document:
        message = "the PDF is damaged beyond repair; fetch it again, or print it anew"
        raise InputError(message)
    if mended is not None:
        found.whole.append("the PDF is cut off; what is left of it was read")
    try:
        yield document
    finally:
        raw.FPDF_CloseDocument(document)


def _loaded(data: bytes, passwords: Sequence[str]) -> tuple[Any, int]:
    """Return the handle of a PDF, or None and pdfium's reason. The bytes must live as long as it does."""
    reason = 0
    for password in passwords:
        document = raw.FPDF_LoadMemDocument64(data, len(data), password.encode() + b"\0")
        if document:
            return document, 0
        reason = raw.FPDF_GetLastError()
        if reason != raw.FPDF_ERR_PASSWORD:
            break
    return None, reason


def _with_trailer(data: bytes) -> bytes | None:
    """Give a PDF that was cut off the trailer that it lacks; None where its catalogue is not in sight."""
    for match in islice(_CATALOG.finditer(data), _MOST_CATALOGUES):
        number = _OBJECT.search(data, max(0, match.start() - _NEAR), match.end())
        last = None
        while number is not None:
            last = number
            number = _OBJECT.search(data, number.end(), match.end())
        if last is not None:
            return data + b"\ntrailer\n<< /Root %s %s R >>\n%%%%EOF\n" % last.groups()
    return None


@contextmanager
def _forms(document: Any) -> Iterator[Any]:
    """Make the values of forms readable; no script of theirs is run."""
    if raw.FPDF_GetFormType(document) == raw.FORMTYPE_NONE:
        yield None
        return
    config = raw.FPDF_FORMFILLINFO(version=2)
    form = raw.FPDFDOC_InitFormFillEnvironment(document, config)
    try:
        yield form or None
    finally:
        if form:
            raw.FPDFDOC_ExitFormFillEnvironment(form)


@contextmanager
def _page(document: Any, index: int) -> Iterator[Any]:
    page = raw.FPDF_LoadPage(document, index)
    try:
        yield page
    finally:
        if page:
            raw.FPDF_ClosePage(page)


def _scripts(document: Any, data: bytes, text: PdfText, found: Findings) -> None:
    """Take the document's scripts as text, and tell of them and of programs that it starts."""
    count = max(raw.FPDFDoc_GetJavaScriptActionCount(document), 0)
    for index in range(min(count, 1_000)):
        script = raw.FPDFDoc_GetJavaScriptAction(document, index)
        if not script:
            continue
        try:
            name = wide_string(partial(raw.FPDFJavaScriptAction_GetName, script))
            code = wide_string(partial(raw.FPDFJavaScriptAction_GetScript, script))
        finally:
            raw.FPDFDoc_CloseJavaScriptAction(script)
        if code.strip():
            text.add_script(name, code)
    if count or _SCRIPT.search(data):
        found.whole.append("it holds JavaScript, which was not run")
    if _LAUNCH.search(data) and not found.places["links"]:
        found.whole.append("it holds an action that starts a program")


def _attachments(document: Any, request: Request, parts: list[Part]) -> None:
    """Take the files that the document as a whole holds, as far as the limits allow."""
    left = request.size - sum(len(part) for _, part in parts)
    count = max(raw.FPDFDoc_GetAttachmentCount(document), 0)
    for index in range(min(count, request.parts + 1)):
        part = attached(raw.FPDFDoc_GetAttachment(document, index), left)
        if part is not None:
            parts.append(part)
            left -= len(part[1])
