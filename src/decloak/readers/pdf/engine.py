"""Engine: pdfium behind one lock. It is fast and not thread-safe: whoever calls it holds `locked`.

Calls by the million go through prototypes that keep Python's own lock and take addresses as numbers;
that is three times as fast as pypdfium2's, which give it up at each call.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache
from threading import RLock
from typing import Any, NamedTuple

from pypdfium2 import raw

__all__ = ["Calls", "address", "calls", "locked", "wide_string"]

_locks = [RLock()]


def locked() -> RLock:
    """Return the lock of this process, to be held from opening a document to closing it."""
    return _locks[0]


def _new_lock() -> None:
    # A thread that held it is not there in a forked child, and nobody would give it back.
    _locks[0] = RLock()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_new_lock)

_Get = Callable[..., int]


class Calls(NamedTuple):
    """The calls that are made per glyph or per object; handles and pointers are addresses."""

    loose_box: _Get
    unicode: _Get
    text_object: _Get
    render_mode: _Get
    fill_colour: _Get
    page_object: _Get
    form_object: _Get
    kind: _Get


@cache
def calls() -> Calls:
    """Return the prototypes, made once."""
    handle, number = ctypes.c_size_t, ctypes.c_int
    return Calls(
        loose_box=_fast(raw.FPDFText_GetLooseCharBox, number, handle, number, handle),
        unicode=_fast(raw.FPDFText_GetUnicode, ctypes.c_uint32, handle, number),
        text_object=_fast(raw.FPDFText_GetTextObject, handle, handle, number),
        render_mode=_fast(raw.FPDFTextObj_GetTextRenderMode, number, handle),
        fill_colour=_fast(raw.FPDFPageObj_GetFillColor, number, handle, *[handle] * 4),
        page_object=_fast(raw.FPDFPage_GetObject, handle, handle, number),
        form_object=_fast(raw.FPDFFormObj_GetObject, handle, handle, ctypes.c_ulong),
        kind=_fast(raw.FPDFPageObj_GetType, number, handle),
    )


def _fast(function: Any, result: Any, *arguments: Any) -> _Get:
    prototype = ctypes.PYFUNCTYPE(result, *arguments)
    return prototype(address(function))


def address(handle: Any) -> int:
    """Return the address that a handle or a function of pdfium stands for; 0 for none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def wide_string(get: Callable[[Any, int], int], most: int = 1 << 22) -> str:
    """Read a UTF-16 string of pdfium, whose length in bytes it says when it gets no buffer.

    Args:
        get: called with a buffer and its length in bytes.
        most: bytes of a string that are read; a longer one is read as none.
    """
    length = get(None, 0)
    if not 2 < length <= most:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
