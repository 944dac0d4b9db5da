r"""Sanitise: text of an attacker made safe to show, without losing what it was.

A terminal obeys escape sequences, and a reader's eye obeys bidirectional controls. Both are shown
as visible escapes: ``\x1b``, ``\u202e``, ``\U000e0041``. Different strings stay different: a
backslash that only looks like the start of such an escape is itself shown as ``\x5c``, so the
original can always be read back.
"""

from __future__ import annotations

from typing import Final

__all__ = ["restore", "sanitise"]

_HEX: Final = frozenset("0123456789abcdefABCDEF")
_DIGITS: Final = {"x": 2, "u": 4, "U": 8}

# C0 with DEL and C1; format characters that move or hide text (UAX 9, UTS 39); line separators;
# the tags block; lone surrogates, which no encoder of a terminal accepts.
_UNSAFE: Final = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x00AD,
    0x034F,
    0x061C,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0x3164,
    0xFEFF,
    0xFFA0,
    *range(0xFFF9, 0xFFFC),
    *range(0xD800, 0xE000),
    *range(0xE0000, 0xE0080),
)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_TABLE: Final = {code: _escape(code) for code in _UNSAFE}
_TABLE_LINES: Final = {code: shown for code, shown in _TABLE.items() if code not in (0x09, 0x0A)}


def sanitise(text: str, *, lines: bool = False) -> str:
    r"""Return text that a terminal shows as it stands.

    Args:
        text: anything, lone surrogates included.
        lines: keep tabs and line ends (LF, and CR before LF) as they are.
    """
    if "\\" in text:
        text = _escape_backslashes(text)
    if text.isprintable():
        return text
    if not lines:
        return text.translate(_TABLE)
    if "\r\n" not in text:
        return text.translate(_TABLE_LINES)
    return "\r\n".join(part.translate(_TABLE_LINES) for part in text.split("\r\n"))


def _escape_backslashes(text: str) -> str:
    """Show every backslash that reads as the start of an escape as an escape itself."""
    parts: list[str] = []
    done = 0
    at = text.find("\\")
    while at >= 0:
        if _width(text, at):
            parts += (text[done:at], "\\x5c")
            done = at + 1
        at = text.find("\\", at + 1)
    parts.append(text[done:])
    return "".join(parts)


def _width(text: str, at: int) -> int:
    """Return the length of the escape that stands at a backslash; 0 when none does."""
    digits = _DIGITS.get(text[at + 1 : at + 2], 0)
    run = text[at + 2 : at + 2 + digits]
    return 2 + digits if digits and len(run) == digits and _HEX.issuperset(run) else 0


def restore(shown: str) -> str:
    """Return the text that `sanitise` made `shown` of."""
    parts: list[str] = []
    done = 0
    at = shown.find("\\")
    while at >= 0:
        width = _width(shown, at)
        code = int(shown[at + 2 : at + width], 16) if width else 0
        if width and code <= 0x10FFFF:
            parts += (shown[done:at], chr(code))
            done = at + width
        at = shown.find("\\", max(at + 1, done))
    parts.append(shown[done:])
    return "".join(parts)
