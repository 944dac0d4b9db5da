"""Mutate: documents that nobody wrote, from documents that somebody might have.

Everything random comes from the `random.Random` that is passed in.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from random import Random
from xml.sax.saxutils import escape

from fuzz_seeds import marked

from decloak.perturb import PERTURBATIONS, disguise_document

__all__ = ["mutated"]

_LENGTH, _LONGEST = 1000, 6000
"""Code points of most documents, and of the longest."""
_SHORT, _JOINED = 500, 0.7
"""Code points of a document to which another may be added, and how often that is done."""
_CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, 0x85, 0x9B, 0xAD)]
_ODD = (
    *"\u0301\u200b\u200d\u2060\ufeff\u202a\u202d\u202e\u202c\u2066\u2067\u2069\u061c\u2028\u2029\u3000\u00a0",
    *"\ufffd\ufffe\uffff\ud800\udfff\udc80\u0430\u03bf\uff0e\u3002\uff0f\u2024\u0661\u0e01\u05d0\u1100\u3164",
    *"\U0001f468\U000e0041\U000e0101\U0010ffff\u0345\u0130\u0131\u00df\u017f\u212a\ufb01\u1e9e\u2100\u33c7",
    "\u0301" * 40, "\u202e" * 9, "\U0001f468\u200d\U0001f469", "x\u0323\u0307",
)  # fmt: skip
_TRIGGERS = (
    "[.]", "(dot)", "[at]", "hxxp://", "://", "@", "%2e", "%25", "%", "&#46;", "&#x2e;", "&", "&amp;#46;",
    "\\u002e", "\\x2e", "\\n", "\\r\\n", "\\", "<b>", "</b>", "<", ">", "**", "__", "`", "=\n", "=20", "=3D", "-\n", "\u00ad\n", "> ",
    "| ", "|_", ";; ", "; ", "# ", "% ", "{", "}", "[", "]", '"', "'", "(", ")", '{"', '"}', "<!--", "-->",
    "<![CDATA[", "]]>", "<?xml ", "Nmap scan report for ", "PORT STATE SERVICE VERSION\n", "22/tcp open ssh ",
    "Host: ", "Ports: ", ";; ANSWER SECTION:\n", ";; Query time:", "\tIN\tA\t", "Domain Name: ", "Registrant Organization: ",
    "Name Server: ", "rot13: ", "base64: ", "+AGE-", "0x", "0177.0.0.1", "2130706433", "CVE-", "cpe:/a:", "AS", "T1059",
    "a.b.c.", "::", "1.2.3.4/", "-", "_", "/", "C:\\", "\\\\host\\", "/etc/", "\x1b[31m", "\x1b]8;;", "\x1b",
    "HTTP/1.1 200 OK\r\nServer: ", "SSH-2.0-", '"ip_str": "192.0.2.1", ', "xn--", "\t", "  ", " \n", "\t\n", "\r",
)  # fmt: skip
_LINE_ENDS = ("\r\n", "\r", "\n\n", " \n", "\t \n", "\x0b", "\x0c", "\x85", "\u2028", "\n\r")
_MARGINS = (
    "> ",
    ">> ",
    "| ",
    "# ",
    "// ",
    "2024-01-02T03:04:05Z ",
    "  ",
    "\t",
    "[12:00] <bob> ",
    "12: ",
    "- ",
)
_NUMBER = re.compile(r"[0-9]+")
_TOKEN = re.compile(r"\S+")
_SPLIT = re.compile(r"(?<=\n)")


def mutated(seeds: Sequence[Sequence[str]], rng: Random) -> str:
    """Return one document that `rng` makes of some of the seeds, of each group as often."""
    text = _drawn(seeds, rng)
    while len(text) < _SHORT and rng.random() < _JOINED:
        text += rng.choice(("\n", "\n\n", " ")) + _drawn(seeds, rng)
    names = rng.choices(list(MUTATIONS), k=rng.choice((0, 1, 1, 2, 2, 3, 4, 6)))
    for name in names:
        text = MUTATIONS[name](text, rng)
        if rng.random() < 0.1:
            text = _spliced(text, _drawn(seeds, rng), rng)
    return text[:_LONGEST]


def _drawn(seeds: Sequence[Sequence[str]], rng: Random) -> str:
    """Return a stretch of a seed, in disguise half of the time."""
    seed = rng.choice(rng.choice(seeds))
    if rng.random() < 0.5:
        families = [family for family in PERTURBATIONS if rng.random() < 0.4]
        if families:
            made = disguise_document(
                seed, marked(seed), families, rng, share=rng.choice((0.2, 0.9))
            )
            seed = made.text
    return _excerpt(seed, rng)


def _excerpt(text: str, rng: Random) -> str:
    """Return a stretch of a long text, mostly from a line start."""
    if len(text) <= _LENGTH:
        return text
    start = rng.randrange(len(text) - _LENGTH // 2)
    if rng.random() < 0.4:
        start = 0
    elif rng.random() < 0.7:
        start = text.rfind("\n", 0, start) + 1
    return text[start : start + rng.choice((_LENGTH // 4, _LENGTH, _LENGTH, 2 * _LENGTH))]


def _place(text: str, rng: Random) -> int:
    """Return any place, or one at the edge of a token."""
    if not text or rng.random() < 0.4:
        return rng.randint(0, len(text))
    near = rng.randrange(len(text))
    token = _TOKEN.search(text, near)
    return rng.choice(token.span()) if token else near


def _insert(text: str, piece: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] + piece + text[place:]


def _spliced(text: str, other: str, rng: Random) -> str:
    if rng.random() < 0.3:
        return _insert(text, other, rng)
    return text[: _place(text, rng)] + rng.choice(("", "\n", "\n\n")) + other[_place(other, rng) :]


def _truncate(text: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] if rng.random() < 0.7 else text[place:]


def _delete(text: str, rng: Random) -> str:
    place = _place(text, rng)
    return text[:place] + text[place + rng.choice((1, 1, 2, 5, 40, 200)) :]


def _lines(change: Callable[[list[str], Random], list[str]]) -> Callable[[str, Random], str]:
    return lambda text, rng: "".join(change(_SPLIT.split(text), rng))


def _repeat_lines(lines: list[str], rng: Random) -> list[str]:
    at = rng.randrange(len(lines))
    some = lines[at : at + rng.randint(1, 3)]
    return lines[:at] + some * rng.choice((2, 2, 3, 20)) + lines[at:]


def _drop_lines(lines: list[str], rng: Random) -> list[str]:
    return [line for line in lines if rng.random() < 0.8]


def _move_lines(lines: list[str], rng: Random) -> list[str]:
    at = rng.randrange(len(lines))
    line = lines.pop(at)
    lines.insert(rng.randint(0, len(lines)), line)
    return lines


def _margin(lines: list[str], rng: Random) -> list[str]:
    margin = rng.choice(_MARGINS)
    return [margin + line for line in lines]


def _insert_some(pieces: Sequence[str], most: int) -> Callable[[str, Random], str]:
    def change(text: str, rng: Random) -> str:
        for _ in range(rng.randint(1, most)):
            text = _insert(text, rng.choice(pieces), rng)
        return text

    return change


def _line_ends(text: str, rng: Random) -> str:
    end = rng.choice(_LINE_ENDS)
    if rng.random() < 0.5:
        return text.replace("\n", end)
    return "".join(end if char == "\n" and rng.random() < 0.5 else char for char in text)


def _wrap(text: str, rng: Random) -> str:
    """Break lines where they are long, as mailers and terminals do."""
    width = rng.choice((20, 40, 76))
    end = rng.choice(("\n", "\r\n", "=\n", "-\n", " \n", "\\\n", "\n> "))
    return end.join(text[low : low + width] for low in range(0, len(text), width))


def _numbers(text: str, rng: Random) -> str:
    size = rng.choice((3, 10, 20, 400, 5000))
    made = rng.choice(("9" * size, "0" * size, "-1", "1e999", "4294967296", "00", "\u0661\u0662"))
    spans = [match.span() for match in _NUMBER.finditer(text)]
    for start, end in sorted(rng.sample(spans, min(len(spans), rng.randint(1, 4))), reverse=True):
        text = text[:start] + made + text[end:]
    return text


def _token(change: Callable[[str, Random], str]) -> Callable[[str, Random], str]:
    def change_one(text: str, rng: Random) -> str:
        token = _TOKEN.search(text, rng.randint(0, len(text)))
        if token is None:
            return text
        start, end = token.span()
        return text[:start] + change(text[start:end], rng) + text[end:]

    return change_one


MUTATIONS: dict[str, Callable[[str, Random], str]] = {
    "truncate": _truncate,
    "delete": _delete,
    "repeat_lines": _lines(_repeat_lines),
    "drop_lines": _lines(_drop_lines),
    "move_lines": _lines(_move_lines),
    "margin": _lines(_margin),
    "controls": _insert_some(_CONTROLS, 4),
    "odd": _insert_some(_ODD, 6),
    "triggers": _insert_some(_TRIGGERS, 5),
    "line_ends": _line_ends,
    "wrap": _wrap,
    "numbers": _numbers,
    "repeat_token": _token(lambda token, rng: token * rng.choice((2, 3, 50))),
    "swap_case": _token(lambda token, _: token.swapcase()),
    "reverse_token": _token(lambda token, _: "\u202e" + token[::-1] + "\u202c"),
    "base64": _token(lambda token, _: base64.b64encode(token.encode("utf-8", "replace")).decode()),
    "one_line": lambda text, _: text.replace("\n", " "),
    "json": lambda text, rng: json.dumps({"id": rng.randrange(9), "data": text}, ensure_ascii=rng.random() < 0.5),
    "xml": lambda text, _: f'<?xml version="1.0"?><r a="1"><t>{escape(text)}</t></r>',
    "upper": lambda text, _: text.upper(),
}  # fmt: skip
"""Changes of a text by name."""
