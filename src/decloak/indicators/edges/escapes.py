r"""Escapes: a line end, a tab or a delimiter that is written out in a string (``\n``, ``\u000a``, ``\x3c``).

Also twice over, as in JSON inside JSON (``\\n``). What stands in a path of Windows or of its registry, in an
account name (``CORP\nina``) or begins a command of LaTeX (``\texttt{``) is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.document import View
from decloak.indicators.engine import compile_pattern

__all__ = ["written_out"]

_ESCAPE = compile_pattern(
    rb"\\{1,4}(?:[nrt]|u00(?:0[09aAdD]|22|27|3[cCeE])|x(?:0[09aAdD]|22|27|3[cCeE])|01[125])"
    rb"(?:\\{1,4}(?:[nrt]|x0[aAdD]))*",
    capture=False,
)
_LETTERS = frozenset(b"nrt")
_BACKSLASH = 0x5C
_COMMAND = compile_pattern(rb"[A-Za-z]{1,20}\*?\{", capture=False)
_PART = rb"[^\\/:*?\"<>|\n]"
_PATH = (
    rb"(?i)(?:\b[a-z]:|(?:^|[\s\"'=(,;\[])(?:\\{2,4}[a-z0-9_.$-]{1,64}|\.{1,2})|%[a-z_()0-9]{2,24}%"
    rb"|\bhk(?:lm|cu|u|cr|cc|ey_[a-z_]{4,20}))"
    rb"(?:(\\{1,4})(?:" + _PART + rb"{1,64}\\{1,4})*" + _PART + rb"{0,64})?$"
)  # fmt: skip
_IS_PATH = compile_pattern(_PATH, capture=False)
_FILE = compile_pattern(
    rb"(?i)\.(?:exe|dll|sys|scr|com|txt|docx?|xlsx?|pptx?|rtf|pdf|zip|rar|7z|cab|iso|img|js|jse|vbs|vbe|ps1|bat|cmd"
    rb"|lnk|hta|msi|dat|bin|tmp|log|ini|cfg|xml|json|csv|html?|php|aspx?|jar|py|jpe?g|png|gif|ocx|cpl)$",
    capture=False,
)
# The end of a path in a rule: '\\rundll32.exe', *\\net.exe. Strings with escapes have double quotation marks.
_FILE_SIGNS = frozenset({b"'", b"*"})
_NAMED = compile_pattern(
    rb"(?i)[nrt][a-z0-9_-]{0,40}\.(?:exe|dll|com|sys|scr|bat|cmd|ps1|vbs|js|hta|msc|cpl)\b",
    capture=False,
)
_SHARE = compile_pattern(rb"[A-Za-z0-9_.$-]{1,64}(\\{1,2})[A-Za-z0-9_$]")
_ACCOUNT = compile_pattern(rb"(?:^|[\s\"'(,;:=])[A-Z][A-Z0-9-]{1,14}$", capture=False)
_OPENING = frozenset(b" \t\n\"'=(,;[")
_PIECE = 256
_SHORTEST_CODE = 13  # CVE-2021-4422
_WITHIN = frozenset(".:@/")
_ENDS = (b" ", b'"', b"\n", b"'", b"\t")
_JOINTS = frozenset({b".", b"/", b":", b"_", b"-"})
_PIECE_AFTER = compile_pattern(rb"(?:[^\s\x82\\\"']|\\{1,2}[./:_\[(-])+", capture=False)
_ROOTS = (b":\\", b"%\\", b"\\\\", b".\\", b"HK", b"hk")
_ROOT_ENDS = frozenset({b":", b"%", b"."})
_REACH = 260  # the longest path of Windows
_NEAR = 200


def written_out(view: View) -> Iterator[tuple[int, int]]:
    """Yield the ranges of written-out white space and delimiters, in order."""
    shadow = view.shadow
    if b"\\" not in shadow:
        return
    taken = 0
    for match in _ESCAPE.finditer(shadow):
        start, end = match.span()
        depth = 1
        while shadow[start + depth] == _BACKSLASH:
            depth += 1
        if not _may_be(_piece_before(view, start)) and not _may_be(_piece_after(view, end)):
            continue
        alone = end - start == depth + 1 and shadow[end - 1] in _LETTERS
        if alone and _is_of_name(shadow, max(taken, start - _REACH), start, end):
            continue
        taken = end
        yield start, end


def _may_be(piece: str) -> bool:
    """Whether a piece is worth a look: `is_likely`, ten times as fast and far less choosy."""
    piece = piece.strip(".:,;/")
    return len(piece) >= _SHORTEST_CODE or not _WITHIN.isdisjoint(piece)


def _piece_before(view: View, end: int) -> str:
    """Return what stands before a place, up to a blank, a quotation mark or another escape."""
    low = max(end - _PIECE, 0)
    window = view.shadow[low:end]
    cut = max(map(window.rfind, _ENDS))
    place = window.rfind(b"\\")
    while place > cut and window[place + 1 : place + 2] in _JOINTS:
        place = window.rfind(b"\\", 0, place)
    return view.text[low + max(cut, place) + 1 : end]


def _piece_after(view: View, start: int) -> str:
    """Return what stands behind a place, up to the same."""
    match = _PIECE_AFTER.match(view.shadow, start, start + _PIECE)
    return view.text[start : match.end()] if match is not None else ""


def _is_of_name(shadow: bytes, low: int, start: int, end: int) -> bool:
    """Whether a backslash parts or begins a name, and the letter behind it is that name's own."""
    depth = end - 1 - start
    if _COMMAND.match(shadow, end) is not None:
        return True
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    before = shadow[low:start]
    rooted = before[-1:] in _ROOT_ENDS or any(sign in before for sign in _ROOTS)
    if rooted and _IS_PATH.search(before) is not None:
        path = compile_pattern(_PATH).search(before)
        own = path.end(1) - path.start(1) if path is not None else 0
        return depth >= own and _FILE.search(before) is None
    if depth > 1 and (not start or shadow[start - 1] in _OPENING):
        share = _SHARE.match(shadow, end - 1)
        return share is not None and 2 * (share.end(1) - share.start(1)) == depth
    if depth == 1 and shadow[start - 1 : start] in _FILE_SIGNS and _NAMED.match(shadow, start + 1):
        return True
    return depth == 1 and _is_account(shadow, low, start, end)


def _is_account(shadow: bytes, low: int, start: int, end: int) -> bool:
    """Whether a short name in capitals stands before, and no other escape anywhere near."""
    before = shadow[start - 1 : start]
    if not shadow[end : end + 1].islower() or not (before.isupper() or before.isdigit()):
        return False
    if _ACCOUNT.search(shadow[low:start]) is None:
        return False
    return b"\\" not in shadow[max(start - _NEAR, 0) : start] + shadow[end : end + _NEAR]
