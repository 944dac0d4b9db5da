r"""Sanitise: text of an attacker made safe to show, without losing what it was.

A terminal obeys escape sequences, and a reader's eye obeys bidirectional controls; what is
shown as nothing hides between letters. All are shown as visible escapes: ``\x1b``, ``\u202e``, ``\U000e0041``. Different strings stay different: a
backslash that only looks like the start of such an escape is itself shown as ``\x5c``, so the
original can always be read back.
"""

from __future__ import annotations

import re
from typing import Final

from decloak.core.hidden import as_class, default_ignorable

__all__ = ["restore", "sanitise"]

_HEX: Final = frozenset("0123456789abcdefABCDEF")
_DIGITS: Final = {"x": 2, "u": 4, "U": 8}

# Besides what Unicode says is shown as nothing, which all bidirectional controls are, too: C1 with DEL;
# line separators; annotations; lone surrogates, which no encoder of a terminal accepts.
_UNSAFE: Final = as_class(
    ((0x7F, 0x9F), (0x2028, 0x2029), (0xFFF9, 0xFFFB), (0xD800, 0xDFFF), *default_ignorable())
)
_LINE: Final = re.compile(f"[\x00-\x1f{_UNSAFE}]")
_LINES: Final = re.compile(f"[\x00-\x08\x0b-\x1f{_UNSAFE}]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def sanitise(text: str, *, lines: bool = False) -> str:
    r"""Return text that a terminal shows as it stands.

    Args:
        text: anything, lone surrogates included.
        lines: keep tabs and line ends (LF, and CR before LF) as they are.
    """
    if "\\" in text:
        text = _escape_backslashes(text)
    if text.isascii() and text.isprintable():
        return text
    if not lines:
        return _LINE.sub(_escape, text)
    return "\r\n".join(_LINES.sub(_escape, part) for part in text.split("\r\n"))


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
