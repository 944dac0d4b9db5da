"""JSON scanner: every value of a JSON text with its key path and its exact place.

The standard `json` module says what a value is, not where it stands. This scanner walks the
shadow once, token by token, without recursion, and keeps going where a strict parser gives up:
truncated documents, documents one after another (JSON Lines), a byte-order mark, NaN, duplicate
keys, missing commas. It stops, with a problem, where the text is no JSON any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from decloak.core.document import View
from decloak.core.limits import MAX_NESTING
from decloak.indicators.engine import compile_pattern

__all__ = [
    "CLOSE",
    "LITERAL",
    "NUMBER",
    "OPEN",
    "PROBLEM",
    "STRING",
    "Token",
    "scan_json",
    "without_blanks",
]

STRING, NUMBER, LITERAL = "string", "number", "literal"
OPEN, CLOSE, PROBLEM = "open", "close", "problem"

# A string takes the colon after it along, so that a key is known as one. Every other run ends at
# white space or punctuation; a lone quotation mark is a string that never ends. The white space
# before a colon is bounded: it would be read twice otherwise, and nobody writes more.
_TOKENS = compile_pattern(
    rb'"(?:[^"\\]|\\(?s:.))*"(?:[ \t\n]{0,64}:)?|[{}\[\]]|[^\s,:"{}\[\]\x80-\x83]+|"|[\x80\x83]',
    capture=False,
)
_NUMBER = compile_pattern(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|-?Infinity|NaN")
_LITERALS = frozenset({"true", "false", "null"})
_QUOTE, _COLON, _OPEN_OBJECT, _CLOSE_OBJECT, _OPEN_ARRAY, _CLOSE_ARRAY = b'":{}[]'
_PAIRS = {_CLOSE_OBJECT: _OPEN_OBJECT, _CLOSE_ARRAY: _OPEN_ARRAY}


class Token(NamedTuple):
    """One value, the border of a container, or the problem that ended the scan.

    Attributes:
        kind: string, number, literal, open, close or problem.
        path: the keys that lead to it; array elements add none.
        depth: number of containers around it; 0 for a document.
        start, end: half-open range; of a string, what stands between its quotation marks; of a
            container's border, the one bracket (empty where a truncated text lacks it).
        value: what an escaped string means; ``{`` or ``[`` for a border; the message of a
            problem; None where the text says it itself.
        key: where the content of its own key starts, or -1.
    """

    kind: str
    path: tuple[str, ...]
    depth: int
    start: int
    end: int
    value: str | None = None
    key: int = -1


_WHITE = b" \t\n\x81\x82"
_ESCAPED_WHITE = (rb"\n", rb"\r", rb"\t")
_MAY_BEGIN, _MAY_END = frozenset(_WHITE + b"\\"), frozenset(_WHITE + b"nrt")


def without_blanks(view: View, token: Token) -> Token:
    """Return a string without the white space that somebody left at its ends; others as they are."""
    kind, _, _, start, end, value, _ = token
    shadow = view.shadow
    if (
        kind != STRING
        or start >= end
        or not (shadow[start] in _MAY_BEGIN or shadow[end - 1] in _MAY_END)
    ):
        return token
    content = shadow[start:end]
    rest = content.lstrip(_WHITE)
    while rest.startswith(_ESCAPED_WHITE):
        rest = rest[2:].lstrip(_WHITE)
    start += len(content) - len(rest)
    kept = rest.rstrip(_WHITE)
    while kept.endswith(_ESCAPED_WHITE) and not kept.endswith(rb"\\", 0, -1):
        kept = kept[:-2].rstrip(_WHITE)
    end = start + len(kept)
    if value is not None:
        value = value.strip()
        value = None if value == view.text[start:end] else value
    return token._replace(start=start, end=end, value=value)


def scan_json(  # noqa: C901, PLR0912, PLR0915 - one loop, kept whole for its speed
    view: View, start: int = 0, end: int | None = None
) -> Iterator[Token]:
    """Yield the tokens of the JSON documents in a range, in order of the text.

    Containers always come in pairs of open and close, also where the text ends early or the scan
    stops. At most one problem comes, last of all; its start is where the JSON ended. Time is
    linear in the range, memory in the nesting.
    """
    text, shadow = view.text, view.shadow
    end = len(text) if end is None else end
    stack: list[tuple[int, tuple[str, ...]]] = []  # the bracket, and the path inside it
    inside: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    key = -1
    bracket = 0  # of the innermost container; 0 at the top
    problem, stop = "", end
    new = tuple.__new__  # half the cost of calling the class
    for match in _TOKENS.finditer(shadow, start, end):
        low, high = match.span()
        byte = shadow[low]
        if byte == _QUOTE:
            if shadow[high - 1] == _COLON:
                if bracket != _OPEN_OBJECT:
                    problem, stop = "a key stands where a value should", low
                    break
                key = low + 1
                name = text[key : shadow.rindex(b'"', low, high)]
                path = (*inside, _unescape(name) if "\\" in name else name)
                continue
            if high - low == 1:
                problem, stop = "the text ends inside a string", low
                break
            if key < 0 and bracket == _OPEN_OBJECT:
                problem, stop = "a value has no key", low
                break
            name = text[low + 1 : high - 1]
            value = _unescape(name) if "\\" in name else None
            yield new(Token, (STRING, path, len(stack), low + 1, high - 1, value, key))
        elif byte in (_OPEN_OBJECT, _OPEN_ARRAY):
            if key < 0 and bracket == _OPEN_OBJECT:
                problem, stop = "a value has no key", low
                break
            if len(stack) >= MAX_NESTING:
                problem, stop = f"nested deeper than {MAX_NESTING}", low
                break
            yield new(Token, (OPEN, path, len(stack), low, high, chr(byte), key))
            stack.append((byte, path))
            bracket, inside = byte, path
        elif byte in _PAIRS:
            if bracket != _PAIRS[byte]:
                problem, stop = "a bracket closes what was not opened", low
                break
            stack.pop()
            yield new(Token, (CLOSE, inside, len(stack), low, high, chr(bracket), -1))
            bracket, inside = stack[-1] if stack else (0, ())
        else:
            word = text[low:high]
            if key < 0 and bracket == _OPEN_OBJECT:
                problem, stop = "a value has no key", low
                break
            if high == end and stack:  # cut off in the middle, as far as anyone can know
                stop = low
                break
            if word in _LITERALS:
                yield new(Token, (LITERAL, path, len(stack), low, high, None, key))
            elif (word.isdigit() and word.isascii()) or _NUMBER.fullmatch(shadow, low, high):
                yield new(Token, (NUMBER, path, len(stack), low, high, None, key))
            else:
                problem, stop = "text that is no JSON", low
                break
        path, key = inside, -1
    if stack and not problem:
        problem = "the text ends inside an object or array"
    while stack:
        bracket, inside = stack.pop()
        yield Token(CLOSE, inside, len(stack), stop, stop, chr(bracket))
    if problem:
        yield Token(PROBLEM, (), 0, stop, stop, problem)


def _unescape(content: str) -> str:
    """Return what the content of a JSON string means; unknown escapes stay as they are."""
    try:
        value: str = json.loads(f'"{content}"', strict=False)
    except json.JSONDecodeError:
        return _unescape_leniently(content)
    return value


_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "/": "/", '"': '"'}


def _unescape_leniently(content: str) -> str:
    head, *pieces = content.split("\\")
    parts = [head]
    skip = False
    for piece in pieces:
        if skip:  # this piece follows an escaped backslash
            parts.append(piece)
            skip = False
        elif not piece:
            parts.append("\\")
            skip = True
        elif piece[0] in _SIMPLE:
            parts += (_SIMPLE[piece[0]], piece[1:])
        elif piece[0] == "u" and len(piece) >= 5 and _is_hex(piece[1:5]):
            parts += (chr(int(piece[1:5], 16)), piece[5:])
        else:
            parts += ("\\", piece)
    return "".join(parts)


def _is_hex(digits: str) -> bool:
    return digits.isascii() and all(digit in "0123456789abcdefABCDEF" for digit in digits)
