"""Encodings: what the decoders of text encodings share, and UTF-7 and ROT13.

An encoded run is replaced by what it decodes to when that is an indicator, or text that holds one.
Text that merely could be encoded (hashes, tokens, certificates) stays.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from decloak import indicators
from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.entity import Verdict
from decloak.decode.base import Expert
from decloak.decode.sense import INDICATOR, NAME, sense
from decloak.indicators.engine import compile_pattern

__all__ = ["CERTAIN", "Rot13", "Utf7", "announcement", "revealed", "with_announcement"]

CERTAIN = 0.999
"""Confidence of what cannot be chance, also where the encoded run reads as a hash or a host."""

_LONGEST_TEXT = 3072  # code points of decoded text that are looked at
_MOST_WORDS = 256
_BREAKS = str.maketrans(dict.fromkeys("\t\n\r\f\v\"'`<>()[]{}|,;=", " "))
_UNTAME = frozenset('"\\<>&')


_ANNOUNCEMENT = rb"(?i)\b(?:base-?64|b64|hex(?:adecimal)?|0x|rot-?13)(?:[:=] ?|\()$"
_LONGEST_ANNOUNCEMENT = 16


def announcement(view: View, start: int, end: int, decoder: str) -> tuple[Edit | None, Edit | None]:
    """Return the edits that take out what names the encoding of text[start:end]: ``b64=``, ``hex(``.

    The second is that of the closing bracket. Either is None where there is nothing to take out.
    """
    place = max(start - _LONGEST_ANNOUNCEMENT, 0)
    found = compile_pattern(_ANNOUNCEMENT, capture=False).search(view.shadow[place:start])
    if found is None:
        return None, None
    reason = f"announces {decoder}"
    lead = Edit(place + found.start(), start, "", "encoding", decoder, CERTAIN, reason)
    if view.text[start - 1] != "(" or view.text[end : end + 1] != ")":
        return (None if view.text[start - 1] == "(" else lead), None
    return lead, Edit(end, end + 1, "", "encoding", decoder, CERTAIN, reason)


def with_announcement(view: View, edit: Edit) -> Iterator[Edit]:
    """Yield an edit that decodes a run, between those of what announces the encoding."""
    lead, tail = announcement(view, edit.start, edit.end, edit.decoder)
    if lead is not None:
        yield lead
    yield edit
    if tail is not None:
        yield tail


def revealed(decoded: str) -> str | None:
    """Return what to read instead of an encoded run; None when it holds no indicator.

    Text with quotation marks, backslashes or angle brackets would break the JSON or XML around it:
    of such text only the indicators are given.

    Args:
        decoded: what the run decodes to.
    """
    text = decoded.strip("\x00 \t\r\n")
    if not 4 <= len(text) <= _LONGEST_TEXT:
        return None
    flat = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    if not flat.isprintable():
        return None
    if " " not in flat and (sense(flat) == INDICATOR or _is_confirmed(flat)):
        return flat
    words = flat.translate(_BREAKS).split()[:_MOST_WORDS]
    found = [word.rstrip(".:!?") for word in words if sense(word) == INDICATOR]
    if not found:
        return None
    return flat if _UNTAME.isdisjoint(flat) else " ".join(found)


def _is_confirmed(token: str) -> bool:
    """Whether a token is an indicator, with whatever signs its query may hold."""
    found = indicators.classify(token)
    return found is not None and found[1].verdict is Verdict.CONFIRMED


class Utf7:
    """Undo UTF-7 (RFC 2152) inside tokens: ``192+AC4-0.2.1``."""

    name = "utf7"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = rb"\+A[A-H][AEIMQUYcgkosw048A-Za-z0-9+/]"

    _RUN = rb"\+A[A-H][A-Za-z0-9+/]+-?"
    _TOKEN = rb"[A-Za-z0-9._:/@-]*" + _RUN + rb"[A-Za-z0-9._:/?#@%&=~+-]*"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per shifted run of tokens that are indicators without the shifts."""
        runs = compile_pattern(self._RUN, capture=False)
        for match in compile_pattern(self._TOKEN, capture=False).finditer(view.shadow):
            start, end = match.span()
            if end - start > _LONGEST_TEXT:
                continue
            edits: list[Edit] = []
            for run in runs.finditer(view.shadow, start, end):
                surface = view.text[run.start() : run.end()]
                shown = _from_utf7(surface)
                if shown is not None:
                    reason = f"UTF-7: {surface} stands for {shown}"
                    edits.append(
                        Edit(*run.span(), shown, "encoding", self.name, CERTAIN, reason)
                    )  # fmt: skip
            if edits and _confirmed(view.text, start, end, edits):
                yield from edits


def _from_utf7(run: str) -> str | None:
    """Return the ASCII that a shifted run stands for; None when it stands for something else."""
    body = run[1:].removesuffix("-")
    data = _from_sixths(body)
    if data is None:
        return None
    shown = data.decode("utf-16-be", "replace")
    return shown if shown.isascii() and shown.isprintable() and " " not in shown else None


def _from_sixths(body: str) -> bytes | None:
    """Return the whole octet pairs of modified base64; None when bits are left over."""
    data = codecs.decode(body.encode("ascii") + b"A" * (-len(body) % 4), "base64")
    whole = len(body) * 6 // 16 * 2
    return None if any(data[whole:]) or len(body) * 6 - whole * 8 >= 6 else data[:whole]


def _confirmed(text: str, start: int, end: int, edits: list[Edit]) -> bool:
    parts: list[str] = []
    place = start
    for edit in edits:
        parts += (text[place : edit.start], edit.replacement)
        place = edit.end
    after = "".join((*parts, text[place:end])).rstrip(".,:;?!")
    if sense(after) != INDICATOR:
        return False
    # A plus tag of an e-mail address looks like a shift, but never like one to punctuation alone.
    return sense(text[start:end]) < NAME or all(not edit.replacement.isalnum() for edit in edits)


class Rot13:
    """Undo ROT13 where the text says that it is ROT13."""

    name = "rot13"
    version = 1
    expert: Expert = "symbol"
    families = ("encoding",)
    trigger = rb"(?i)\brot-?13\b"

    _AHEAD = 512  # code points after the announcement that are looked at
    _WORD = rb"[A-Za-z0-9][A-Za-z0-9._:/?#@%&=~+-]{3,400}"

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per token that stands beside the announcement and is in ROT13."""
        words = compile_pattern(self._WORD, capture=False)
        reached = 0
        for match in compile_pattern(self.trigger, capture=False).finditer(view.shadow):
            start, end = self._surroundings(view, *match.span())
            places = ((max(start, reached), match.start()), (max(match.end(), reached), end))
            for low, high in places:
                for word in words.finditer(view.shadow, low, high) if low < high else ():
                    cut = word.end() == high == end < len(view) and view.text[end] != "\n"
                    if not cut:  # else the next announcement sees all of it
                        yield from self._word(view, *word.span())
                        reached = word.end()

    def _surroundings(self, view: View, start: int, end: int) -> tuple[int, int]:
        """Return the line of an announcement; of one on a line of its own the next line, too."""
        text = view.text
        first, last = max(start - self._AHEAD, 0), min(end + self._AHEAD, len(view))
        line_start = max(text.rfind("\n", first, start) + 1, first)
        line_end = text.find("\n", end, last)
        if 0 <= line_end < end + 8:
            line_end = text.find("\n", line_end + 1, last)
        return line_start, line_end if line_end >= 0 else last

    def _word(self, view: View, start: int, end: int) -> Iterator[Edit]:
        surface = view.text[start:end].rstrip(".,:;?!-")
        decoded = codecs.encode(surface, "rot13")
        if decoded == surface or sense(decoded) != INDICATOR:
            return
        end = start + len(surface)
        announced = announcement(view, start, end, self.name)[0] is not None
        plain = sense(surface) == INDICATOR and not surface.lower().startswith("uggc")
        if plain and not announced:
            said = _is_said_before(view.text, start)
            if not _is_odd(surface, decoded) and not (said and _reads_better(decoded, surface)):
                return
        edit = Edit(start, end, decoded, "encoding", self.name, CERTAIN, "announced as ROT13")
        yield from with_announcement(view, edit)


_BETWEEN = frozenset(
    {"encoded", "encrypted", "encoding", "cipher", "ciphered", "obfuscated", "string", "text", "domain",
     "host", "address", "value", "is", "as", "the", "of", "c2", "url", "name"}
)  # fmt: skip


def _is_said_before(text: str, start: int) -> bool:
    """Whether the words right before a token say that it, and no other, is in ROT13."""
    lead = text[max(start - _LEAD, 0) : start].lower().replace("rot-13", "rot13")
    _, found, between = lead.rpartition("rot13")
    return bool(found) and _BETWEEN.issuperset(between.translate(_PUNCTUATION).split())


_LEAD = 40
_PUNCTUATION = str.maketrans(dict.fromkeys(":=(\"'`[-", " "))
_FREQUENCY = "zqxjkvbpygfwmucldrhsnioate"  # the letters of English, the rarest first
_COMMON = frozenset({"com", "net", "org", "info", "ru", "io", "example", "de", "uk"})


def _is_odd(surface: str, decoded: str) -> bool:
    """Whether of two delegated names the decoded one is the likelier."""
    return decoded.rpartition(".")[2] in _COMMON and surface.rpartition(".")[2] not in _COMMON


def _reads_better(decoded: str, surface: str) -> bool:
    """Whether a name is likelier than its ROT13: never true of both, so nothing is encoded again."""
    top, other = decoded.rpartition(".")[2] in _COMMON, surface.rpartition(".")[2] in _COMMON
    if top != other:
        return top
    return sum(map(_FREQUENCY.find, decoded)) > sum(map(_FREQUENCY.find, surface))
