"""HTML style: whether what an element holds can be seen, by its attributes and by simple style rules.

Rules of one element name, class or id are followed, in their order and without specificity; those with
combinators, pseudo-classes or conditions are not, so that nothing is called hidden that may be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from decloak.readers.html.words import colours

__all__ = ["ROOT", "Change", "Look", "changed", "changes_of", "colour_of", "rules_of"]

Colour = tuple[int, int, int]


class Look(NamedTuple):
    """What an element hands down to what it holds.

    Attributes:
        gone: why all of it is invisible, whatever its children say; empty where it is not.
        veiled: ``visibility: hidden``, which a child can undo.
        tiny: a font that nobody can read, likewise.
        colour, background: red, green, blue; None for what is not known.
        preformatted: whether white space counts.
        dropped: whether nothing of it is read.
        reason: why its text cannot be seen, of all the above; empty for what is shown.
    """

    gone: str = ""
    veiled: bool = False
    tiny: bool = False
    colour: Colour | None = (0, 0, 0)
    background: Colour | None = (255, 255, 255)
    preformatted: bool = False
    dropped: bool = False
    reason: str = ""


ROOT = Look()
"""Black on white, all of it shown."""


class Change(NamedTuple):
    """What declarations say; None where they say nothing.

    Attributes:
        gone: a reason; empty where they show it again.
        colour, background: an empty tuple for one that is not known.
    """

    gone: str | None = None
    veiled: bool | None = None
    tiny: bool | None = None
    colour: tuple[int, ...] | None = None
    background: tuple[int, ...] | None = None
    preformatted: bool | None = None

    def then(self, later: Change) -> Change:
        """Return what both say, the later one where they contradict each other."""
        return self._replace(**{n: v for n, v in later._asdict().items() if v is not None})


_NEAR = 12
"""Difference of two colours in every channel that nobody sees."""
_FAR = 900
"""Pixels or percent to the left or above, from which on nothing is on the screen."""
_TINIEST = 1.0
"""Size of a font in pixels or points up to which nobody reads it."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_DECLARATION = re.compile(r"([a-z-]++)\s*+:([^;]*+)")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*+)?+([.#][\w-]++)?+")
_NUMBER = re.compile(r"(-?\d{0,9}+(?:\.\d++)?+)(px|pt|em|rem|ex|ch|vw|vh|%|in|cm|mm)?")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")
_ZERO_CLIP = re.compile(
    r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)"
)
_HIDING_CLIPS = ("inset(50%)", "inset(100%)", "circle(0")
_OFFSETS = ("left", "top", "text-indent", "margin-left", "margin-top")


def colour_of(text: str) -> tuple[int, ...]:
    """Return the colour that a value names; an empty tuple where none is known."""
    text = text.strip().lower()
    if text.startswith("#"):
        digits = text[1:]
        if len(digits) in {3, 4}:
            digits = "".join(digit * 2 for digit in digits[:3])
        try:
            return tuple(bytes.fromhex(digits[:6])) if len(digits) in {6, 8} else ()
        except ValueError:
            return ()
    if match := _RGB.match(text):
        return tuple(min(int(channel), 255) for channel in match.groups())
    return colours().get(text, ())


@lru_cache(maxsize=4096)
def changes_of(style: str) -> Change:
    """Return what the declarations of a style attribute or of a rule say."""
    found: dict[str, str] = {}
    for match in _DECLARATION.finditer(_COMMENT.sub("", style.lower())):
        found[match[1]] = match[2].replace("!important", "").strip()
    background = found.get("background-color")
    if background is None and "background" in found:
        background = found["background"].partition(" ")[0]
    if "background-image" in found:
        background = "unknown"
    return Change(
        gone=_gone(found),
        veiled=found["visibility"] in {"hidden", "collapse"} if "visibility" in found else None,
        tiny=_is_tiny(found["font-size"]) if "font-size" in found else None,
        colour=colour_of(found["color"]) if "color" in found else None,
        background=colour_of(background) if background is not None else None,
        preformatted=found["white-space"].startswith(("pre", "break-spaces"))
        and found["white-space"] != "pre-line"
        if "white-space" in found
        else None,
    )


def _gone(found: Mapping[str, str]) -> str | None:
    """Return why declarations hide an element for good; empty where they show it; else None."""
    if found.get("display") == "none":
        return "display: none"
    if "hide" in found.get("mso-hide", "") or found.get("mso-hide") == "all":
        return "mso-hide: all"
    if "opacity" in found and _length(found["opacity"]) == 0:
        return "opacity: 0"
    for name in _OFFSETS:
        length = _length(found[name]) if name in found else None
        placed = name not in {"left", "top"} or found.get("position") in {"absolute", "fixed"}
        if length is not None and length <= -_FAR and placed:
            return f"off the screen ({name})"
    clip = found.get("clip", ""), found.get("clip-path", "")
    if _ZERO_CLIP.match(clip[0]) or clip[1].startswith(_HIDING_CLIPS):
        return "clipped away"
    if found.get("overflow", "").startswith("hidden"):
        for name in ("height", "max-height", "width", "max-width"):
            if name in found and _length(found[name]) == 0:
                return f"{name}: 0"
    if "scale(0)" in found.get("transform", ""):
        return "scaled to nothing"
    return "" if "display" in found or "opacity" in found else None


def _length(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    if match is None or not match[1].strip("-."):
        return None
    return float(match[1])


def _is_tiny(size: str) -> bool:
    match = _NUMBER.fullmatch(size)
    number = _length(size)
    if match is None or number is None:
        return False
    return number == 0 or (match[2] in {"px", "pt", None} and 0 <= number <= _TINIEST)


def changed(look: Look, changes: Iterable[Change]) -> Look:
    """Return the look of an element in one of look `look`, to which changes apply in turn."""
    gone, veiled, tiny, preformatted = look.gone, look.veiled, look.tiny, look.preformatted
    colour, background = look.colour, look.background
    own: str | None = None
    for change in changes:
        own = change.gone if change.gone is not None else own
        veiled = change.veiled if change.veiled is not None else veiled
        tiny = change.tiny if change.tiny is not None else tiny
        preformatted = change.preformatted if change.preformatted is not None else preformatted
        colour = _channels(change.colour) if change.colour is not None else colour
        background = _channels(change.background) if change.background is not None else background
    gone = gone or own or ""
    reason = gone
    if not reason and veiled:
        reason = "visibility: hidden"
    if not reason and tiny:
        reason = "a font of no size"
    if not reason and colour is not None and background is not None:
        difference = max(abs(one - other) for one, other in zip(colour, background, strict=True))
        reason = "the colour of its background" if difference <= _NEAR else ""
    return Look(gone, veiled, tiny, colour, background, preformatted, look.dropped, reason)


def _channels(colour: tuple[int, ...]) -> Colour | None:
    return (colour[0], colour[1], colour[2]) if len(colour) == 3 else None


def rules_of(sheet: str) -> dict[str, Change]:
    """Return what a style sheet says of simple selectors: ``p``, ``.x``, ``#x``, ``p.x``. Linear.

    What stands in a block with a condition (``@media print``) is left out.
    """
    rules: dict[str, Change] = {}
    depth = position = 0
    sheet = _COMMENT.sub("", sheet.lower().replace("<!--", "").replace("-->", ""))
    for match in re.finditer(r"[{}]", sheet):
        head = sheet[position : match.start()]
        if match[0] == "{":
            depth += 1
            if depth == 1:
                selectors = head.rpartition(";")[2].strip()
        else:
            if depth == 1 and not selectors.startswith("@"):
                _add(rules, selectors, head)
            depth = max(depth - 1, 0)
        position = match.end()
    return rules


def _add(rules: dict[str, Change], selectors: str, declarations: str) -> None:
    """Add one rule to those of the same selectors before it."""
    change = changes_of(declarations)
    if all(value is None for value in change):
        return
    for selector in selectors.split(","):
        name = selector.strip()
        if name and _SIMPLE.fullmatch(name):
            rules[name] = rules.get(name, Change()).then(change)
