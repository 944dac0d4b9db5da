"""Symbol: signs, hyphens, spaces or repeated letters put between the letters of a known name."""

from __future__ import annotations

from collections.abc import Iterator

from decloak import indicators
from decloak.core.alignment import Edit
from decloak.core.document import View
from decloak.core.remember import remembered
from decloak.decode.base import Expert
from decloak.decode.nearness import near_words
from decloak.decode.phrases import changed_words, unsigned_phrase
from decloak.decode.signed_names import signed_names
from decloak.decode.surroundings import has_context
from decloak.decode.vocabulary import (
    is_known,
    is_name_word,
    is_strong,
    spelling_of,
)
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import is_word, lookup

__all__ = ["Symbol"]

_SIGNS = "*~^|_#"
_EDGES = frozenset("()[]{}<>\"'`,;:=.!?\n\r\t ")

# A single character, the same sign, a single character ... at least four of them.
_JOINED = b"|".join(
    rb"\b[A-Za-z0-9](?:%s[!-~]){3,40}" % sign for sign in (rb"-", rb"\.", rb"_", rb"\*", rb"~")
)
_SPACED = rb"\b[A-Za-z0-9](?: [!-~]){3,40}"
# The same with two spaces between the words of a name.
_SPACED_WORDS = rb"\b[A-Za-z0-9](?: [!-~]){1,20}(?:  [A-Za-z0-9](?: [!-~]){1,20}){1,4}"
# A word with one of the signs inside it; up to three places.
_SIGNED = rb"[A-Za-z0-9][A-Za-z0-9.-]{0,30}(?:[*~^|_#]{1,3}[A-Za-z0-9.-]{1,30}){1,4}"
# The numbers of a version and the sign between them; of two numbers, only signs that mean nothing.
_VERSION = b"|".join(
    rb"\b[0-9]{1,6}(?:%s[0-9]{1,6}[a-z0-9]{0,6}){%s,4}" % (sign, most)
    for sign, most in ((rb"~", b"1"), (rb"\^", b"1"), (rb"\*", b"1"), (rb"\|", b"2"), (rb"_", b"2"))
)
_VERSION_SIGNS = "~*^|_"


class Symbol:
    """Take signs, spaces and repetitions out of known names, and put full stops into versions."""

    name = "symbol"
    version = 1
    expert: Expert = "typographic"
    families = ("symbol",)
    trigger = b"|".join(
        (_JOINED, _SPACED, _VERSION, rb"[A-Za-z0-9][*~^|_#$+;'`.,!:?&%=\x83-]{1,3}[A-Za-z]")
    )

    def propose(self, view: View) -> Iterator[Edit]:
        """Yield one edit per name, and one per sign that parts the numbers of a version."""
        whole = (_edit(*found) for found in signed_names(view))
        edits = [
            *_spaced_words(view),
            *_interspersed(view),
            *_signed(view),
            *_versions(view),
            *whole,
        ]
        edits.sort(key=lambda edit: (edit.start, -edit.end))
        end = -1
        for edit in edits:
            if edit.start >= end:
                end = edit.end
                yield edit


def _edit(start: int, end: int, name: str) -> Edit:
    return Edit(start, end, name, "symbol", "symbol", 0.9, f"{name} broken up by signs")


def _at_edges(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 2]
    if before and before not in _EDGES and text[start - 4 : start] not in {"ssl/", "tls/"}:
        return False
    if not after or after[0] not in _EDGES:
        return not after or (after[0] in "/_-" and after[1:].isdigit()) or after[0] == "/"
    return after[0] not in ".:!?=" or not after[1:].isalnum()


def _interspersed(view: View) -> Iterator[Edit]:
    """Yield ``a-p-a-c-h-e``, ``O.p.e.n.S.S.H`` and ``n g i n x``."""
    text = view.text
    for pattern in (_JOINED, _SPACED):
        for match in compile_pattern(pattern, capture=False).finditer(view.shadow):
            start, end = match.span()
            for stop in range(end, start + 6, -2):
                name = spelling_of(text[start:stop:2])
                if name is None:
                    continue
                if _at_edges(text, start, stop) and _is_lone(text, start, stop):
                    yield _edit(start, stop, name)
                    break


def _spaced_words(view: View) -> Iterator[Edit]:
    """Yield ``P o s t g r e S Q L  D B``."""
    text = view.text
    for match in compile_pattern(_SPACED_WORDS, capture=False).finditer(view.shadow):
        start, end = match.span()
        words = [word.replace(" ", "") for word in text[start:end].split("  ")]
        for count in range(len(words), 1, -1):
            whole = " ".join(words[:count])
            # The last letter may be the first of the word behind the name.
            name = next((each for each in (whole, whole[:-1]) if is_known(each)), "")
            stop = start + 2 * len(name.replace(" ", "")) + count - 2
            if name and _at_edges(text, start, stop):
                yield _edit(start, stop, name)
                break


def _is_lone(text: str, start: int, end: int) -> bool:
    """Whether the row of single characters ends here, and is no dotted name of the DNS."""
    joint = text[start + 1]
    if joint == ".":
        return indicators.classify(text[start:end]) is None
    before = text[max(start - 2, 0) : start]
    return joint != " " or not (
        len(before) == 2
        and before[1] == " "
        and before[0].isalpha()
        and text[max(start - 3, 0) : start - 2] in {"", " "}
    )


def _signed(view: View) -> Iterator[Edit]:
    """Yield ``Op*en*SSH`` and ``mi_cros_oft``."""
    text = view.text
    for match in compile_pattern(_SIGNED, capture=False).finditer(view.shadow):
        start, end = match.span()
        token = text[start:end].rstrip(".-")
        found = _unsigned(token)
        signs = {char for char in token if char in _SIGNS}
        phrase = None
        if len(signs) == 1 and not is_known(token) and text[start - 1 : start] != ":":
            phrase = unsigned_phrase(text, start, start + len(token), signs.pop())
        if phrase is not None:
            for piece, word in changed_words(*phrase):
                yield _edit(piece.start, piece.end, word)
            continue
        if found is None:
            continue
        length, name, needs_context = found
        stop = start + length
        if not _at_edges(text, start, stop) or text[start - 1 : start] == ":":
            continue
        if not needs_context or has_context(text, start, stop, name):
            yield _edit(start, stop, name)


@remembered(1 << 14)
def _unsigned(token: str) -> tuple[int, str, bool] | None:
    """Return (length, name, needs context) when the token is a name with signs inside."""
    if is_known(token):
        return None
    # `name_7.4`: the version behind the last sign is not part of the name.
    cuts = [len(token)]
    cuts += [
        place
        for place, char in enumerate(token)
        if char in _SIGNS and token[place + 1 : place + 2].isdigit()
    ][-1:]
    for cut in cuts:
        head = token[:cut]
        signs = {char for char in head if char in _SIGNS}
        if len(signs) != 1:
            continue
        sign = signs.pop()
        name = spelling_of(head.replace(sign, ""))
        parts = [part for part in head.split(sign) if part]
        if name is None or len(name) < 3 or _is_honest(sign, parts, head):
            continue
        return cut, name, not (is_strong(name) and len(name) >= 5)
    return None


def _is_honest(sign: str, parts: list[str], head: str) -> bool:
    """Whether the sign parts words that stand by themselves: snake case, alternatives."""
    if sign in "_|" and all(
        len(part) > 1 and (is_name_word(part) or is_word(part)) for part in parts
    ):
        return sign == "|" or head.islower() or head.isupper()
    return False


def _is_product(words: list[str]) -> bool:
    """Whether words end with a product or announce a version, and name no system."""
    names = _endings(words)
    if any(lookup(name, "OS") is not None for name in names):
        return False
    return words[-1].lower() in {"version", "release"} or any(
        lookup(name, "SOFTWARE") is not None for name in names
    )


def _endings(words: list[str]) -> list[str]:
    """Return the last word, the last two, and so on."""
    return [" ".join(words[-count:]) for count in range(1, len(words) + 1)]


def _versions(view: View) -> Iterator[Edit]:
    """Yield the signs of ``nginx/1~18~0``, after a known name only."""
    text = view.text
    for match in compile_pattern(_VERSION, capture=False).finditer(view.shadow):
        start, end = match.span()
        if text[start - 1 : start] not in {"/", " ", "_", "v", '"', "("}:
            continue
        if text[end : end + 1] in {"*", "^", "|", "~"} or text[end : end + 2] == " |":
            continue
        lead = text[max(start - 40, 0) : start].rstrip("v\"' (").rstrip(":=/ _").replace("/", " ")
        before = [word.strip("(\"':=,{") for word in lead.split()[-3:]]
        if not before or not (
            is_name_word(before[-1])
            or near_words(before[-1], 1)
            or any(map(is_known, _endings(before)))
            or before[-1].lower() in {"version", "release"}
        ):
            continue
        if "|" in text[start:end] and (match.group().find(b"|") > 3 or not _is_product(before)):
            continue  # SQL Server 2012|2014|2016, Windows 7|8|10, https 443|8443
        if match.group().count(b"*") == 1 and text[start - 1] not in {"/", '"'}:
            continue  # nginx 8*5
        if "_" in text[start:end] and (text[start - 1] == "_" or not _is_product(before)):
            continue  # nginx_1_18_0.tgz, Mac OS X 10_15_7
        for place in range(start, end):
            if text[place] in _VERSION_SIGNS:
                yield Edit(
                    place, place + 1, ".", "symbol", "symbol", 0.98, "full stop of a version"
                )
