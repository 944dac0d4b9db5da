"""Markup: tags, entities, emphasis, colour codes and string escapes inside a value."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Disguised, Family, Variant
from decloak.perturb.places import at_places, joints, some

__all__ = ["MARKUP"]

PAIRS = {
    "bold": ("<b>", "</b>"), "strong": ("<strong>", "</strong>"), "emphasis": ("<em>", "</em>"),
    "italic": ("<i>", "</i>"), "font": ('<font color="red">', "</font>"),
    "span": ('<span class="x">', "</span>"), "mark": ("<mark>", "</mark>"), "code": ("<code>", "</code>"),
    "bb_bold": ("[b]", "[/b]"), "bb_italic": ("[i]", "[/i]"), "bb_code": ("[code]", "[/code]"),
    "bb_colour": ("[color=red]", "[/color]"), "bb_size": ("[size=4]", "[/size]"),
    "md_bold": ("**", "**"), "md_code": ("`", "`"), "md_under": ("__", "__"), "md_strike": ("~~", "~~"),
    "ansi_red": ("\x1b[31m", "\x1b[0m"), "ansi_bold": ("\x1b[1m", "\x1b[22m"),
    "ansi_256": ("\x1b[38;5;196m", "\x1b[m"), "ansi_match": ("\x1b[01;31m\x1b[K", "\x1b[m\x1b[K"),
    "latex_bold": ("\\textbf{", "}"), "latex_mono": ("\\texttt{", "}"), "latex_emph": ("\\emph{", "}"),
}  # fmt: skip

EMPTY = ("<wbr>", "<wbr/>", "<wbr />", "<!-- -->", "<b></b>", "<i></i>", "<span></span>", "&shy;",
         "&ZeroWidthSpace;", "&#8203;", "&#x200b;", "&zwnj;", "\\-", "\\allowbreak{}")  # fmt: skip

NAMED = {".": "&period;", ":": "&colon;", "/": "&sol;", "@": "&commat;", "_": "&lowbar;"}

ESCAPES = {
    "json": "\\u{:04x}", "json_upper": "\\u{:04X}", "hex": "\\x{:02x}", "hex_upper": "\\x{:02X}",
    "brace": "\\u{{{:x}}}", "long": "\\U{:08x}",
}  # fmt: skip
ENTITIES = {
    "decimal": "&#{};", "hexadecimal": "&#x{:x};", "hexadecimal_upper": "&#X{:X};",
    "padded": "&#{:04d};", "double": "&amp;#{};", "hexadecimal_padded": "&#x{:04x};",
}  # fmt: skip


def _part_in(opened: str, closed: str) -> Variant:
    def disguise(value: str, _label: str, rng: Random) -> str | None:
        if len(value) < 4:
            return None
        if opened in {"__", "**", "~~", "`"}:
            # Emphasis opens and closes at the joints: `192**.**0`, `**nginx**/1.18.0`.
            places = joints(value)
            if not places:
                return None
            place = rng.choice(places)
            return value[:place] + opened + value[place] + closed + value[place + 1 :]
        start = rng.randrange(1, len(value) - 2)
        end = rng.randrange(start + 1, len(value))
        return value[:start] + opened + value[start:end] + closed + value[end:]

    return disguise


def _wrapped_in(value: str, _label: str, rng: Random) -> Disguised:
    opened, closed = rng.choice(list(PAIRS.values()))
    return Disguised(value, value, lead=opened, tail=closed)


def _empty(value: str, _label: str, rng: Random) -> str | None:
    inside = list(range(1, len(value)))
    if not inside:
        return None
    places = set(rng.sample(inside, rng.randint(1, min(3, len(inside)))))
    mark = rng.choice(EMPTY)
    return "".join((mark if i in places else "") + char for i, char in enumerate(value))


def _written_as(form: str, *, dots_only: bool) -> Variant:
    def disguise(value: str, _label: str, rng: Random) -> str | None:
        places = joints(value, ".") if dots_only else list(range(len(value)))
        scope = rng.random()
        if not places:
            return None
        if scope < 0.5:
            places = some(places, rng)
        return at_places(value, places, lambda char: form.format(ord(char)))

    return disguise


def _named(value: str, _label: str, rng: Random) -> str | None:
    chosen = some(joints(value, ".:/@_"), rng)
    return at_places(value, chosen, NAMED.__getitem__) if chosen else None


def _json_slash(value: str, label: str, _rng: Random) -> str | None:
    return value.replace("/", "\\/") if label == "URL" else None


MARKUP = Family(
    "markup",
    "markup",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "HASH", "VERSION", "SOFTWARE",
               "ORGANIZATION", "CIDR"}),
    {
        **{f"part_{name}": _part_in(*pair) for name, pair in PAIRS.items()},
        **{f"entity_{name}": _written_as(form, dots_only=False) for name, form in ENTITIES.items()},
        **{f"entity_dot_{name}": _written_as(form, dots_only=True) for name, form in ENTITIES.items()},
        **{f"escape_{name}": _written_as(form, dots_only=False) for name, form in ESCAPES.items()},
        **{f"escape_dot_{name}": _written_as(form, dots_only=True) for name, form in ESCAPES.items()},
        **{f"empty_{i}": _empty for i in range(6)},
        "named_entity": _named, "named_entity_2": _named, "json_slash": _json_slash,
        "wrapped": _wrapped_in, "wrapped_2": _wrapped_in,
    },
)  # fmt: skip
