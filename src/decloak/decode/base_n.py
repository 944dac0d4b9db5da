r"""Base N: indicators written in base64 (RFC 4648) or hexadecimal digits.

Encoded ASCII has a shape: of every four base64 digits the first three are confined by the high
bits of the octets, and so is every first hex digit. The patterns below hold that shape, so random
digits (hashes, keys, certificates) are hardly ever even looked at, and that they decode to an
indicator by chance is out of the question.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.decode.base import Expert
from decloak.decode.encodings import CERTAIN, revealed, with_announcement
from decloak.indicators.engine import compile_pattern

__all__ = ["Base64", "Hex"]

_LONGEST = 4096  # digits of one run

_DIGIT = rb"[A-Za-z0-9+/_-]"
# Four digits that encode three octets of ASCII text.
_ASCII_GROUP = (
    rb"[CDI-Za-f][ACDEFGHQSTUVWXgijklmnwyz0123][ABEFIJMNQRUVYZcdghklopstwx014589]" + _DIGIT
)
# Eight digits that encode three UTF-16LE units of ASCII, as PowerShell's -EncodedCommand wants.
_UTF16_GROUP = rb"[I-Za-f][AQgw][AB]" + _DIGIT + rb"A[C-H][AEIMQUYcgkosw048]A"
_ASCII_RUN = rb"(?:" + _ASCII_GROUP + rb"){2,}"
_UTF16_RUN = rb"(?:" + _UTF16_GROUP + rb"){2,}"
_RUN64 = _ASCII_RUN + rb"[A-Za-z0-9+/_-]{0,3}={0,2}|" + _UTF16_RUN + rb"[A-Za-z0-9+/]{0,7}={0,2}"

_BOUNDARY = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-=.%")
_HEX_DIGITS = "0123456789abcdefABCDEF"  # a line of nothing else is a digest
_BACK = 200  # code points before a run in which the beginning of a URL is looked for


class Base64:
    """Undo base64, standard and URL-safe, of an indicator or of text that holds one."""

    name = "base64"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = _ASCII_RUN + rb"|" + _UTF16_RUN

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per run that decodes to an indicator."""
        pattern = compile_pattern(_RUN64, capture=False)
        for match in pattern.finditer(view.shadow):
            start, end = match.span()
            if end - start >= 11 and _stands_alone(view.text, start, end):
                yield from _of_base64(view, start, end)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a run is a whole token, outside URLs and outside longer blocks."""
    if text[start - 1 : start] in _BOUNDARY and not _is_assigned(text, start):
        return False
    if text[end : end + 1] in _BOUNDARY and not _ends_sentence(text, end):
        return False
    before = text[max(start - _BACK, 0) : start]
    token = before.replace("\n", " ").rpartition(" ")[2]
    if "://" in token or token.startswith("data:"):
        return False
    # A line of base64 above or below: a block (PEM, MIME), not an indicator.
    above = before.rstrip(" \t\r>|")
    if above.endswith("\n") and _is_block(above[:-1].rpartition("\n")[2]):
        return False
    below = text[end : end + 80].lstrip(" \t\r>|")
    return not (below.startswith("\n") and _is_block(below[1:].partition("\n")[0]))


def _is_assigned(text: str, start: int) -> bool:
    """Whether ``name=`` stands before a run, rather than padding or a query string."""
    before = text[max(start - 24, 0) : start]
    return before.endswith("=") and before[-2:-1].isalnum() and "?" not in before and "&" not in before  # fmt: skip


def _ends_sentence(text: str, end: int) -> bool:
    return text[end] == "." and not text[end + 1 : end + 2].isalnum()


def _is_block(line: str) -> bool:
    line = line.strip()
    return len(line) >= 48 and _BOUNDARY.issuperset(line) and bool(line.strip(_HEX_DIGITS))


def _of_base64(view: View, start: int, end: int) -> Iterator[Edit]:
    digits = view.text[start:end].rstrip("=")
    standard = digits.replace("-", "+").replace("_", "/")
    if len(digits) > _LONGEST or len(standard) % 4 == 1:
        return
    data = base64.b64decode(standard + "=" * (-len(standard) % 4))
    decoded = _as_text(data)
    shown = revealed(decoded) if decoded is not None else None
    if shown is not None:
        edit = Edit(start, end, shown, "encoding", "base64", CERTAIN, "base64")
        yield from with_announcement(view, edit)


def _as_text(data: bytes) -> str | None:
    """Return the text that octets are in UTF-8 or UTF-16LE; None when they are neither."""
    encoding = "utf-16-le" if data[1:2] == b"\x00" else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


_OCTET = rb"(?:[2-7][0-9A-Fa-f]|0[9AaDd])"
_PRINTABLE = rb"[2-7][0-9A-Fa-f]"
_RUNS16 = (
    rb"(?:0[xX]|\\x|[xX]')?" + _PRINTABLE + _OCTET + rb"{7,}"
    rb"|" + _PRINTABLE + rb"(?: " + _OCTET + rb"){7,}"
    rb"|" + _PRINTABLE + rb"(?::" + _OCTET + rb"){7,}"
    rb"|" + _PRINTABLE + rb"(?:-" + _OCTET + rb"){7,}"
    rb"|0x" + _PRINTABLE + rb"(?:,? ?0x" + _OCTET + rb"){7,}"
    rb"|\\x" + _PRINTABLE + rb"(?:\\x" + _OCTET + rb"){7,}"
)  # fmt: skip
_MARKS = str.maketrans(dict.fromkeys(" :-,\\'xX"))


class Hex:
    r"""Undo hexadecimal digits (``68747470``, ``\x68\x74``, ``0x68 0x74``, ``68:74``)."""

    name = "hex"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = _RUNS16

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per run that decodes to an indicator."""
        for match in compile_pattern(_RUNS16, capture=False).finditer(view.shadow):
            start, end = match.span()
            text = view.text
            if text[start - 1 : start].isalnum() or text[end : end + 1].isalnum():
                continue
            if text[start] in "xX" and text[end : end + 1] == "'":
                end += 1
            surface = text[start:end]
            prefix = 2 if surface[:2] in {"0x", "0X"} else 0
            digits = (surface[prefix:] if "," in surface or prefix else surface).replace("0x", "")
            shown = _of_hex(digits.translate(_MARKS))
            if shown is not None:
                edit = Edit(start, end, shown, "encoding", self.name, CERTAIN, "hexadecimal")
                yield from with_announcement(view, edit)


def _of_hex(digits: str) -> str | None:
    try:
        return revealed(bytes.fromhex(digits).decode("ascii"))
    except (ValueError, binascii.Error):
        return None
