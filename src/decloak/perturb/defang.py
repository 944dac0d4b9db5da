"""Defang: brackets, words and broken schemes that keep an indicator from being clicked."""

from __future__ import annotations

from random import Random

from decloak.perturb.base import Family, Variant
from decloak.perturb.places import at_places, host_of

__all__ = ["DEFANG"]

DOTS = {
    "square": "[.]", "round": "(.)", "curly": "{.}", "angle": "<.>",
    "square_word": "[dot]", "round_word": "(dot)", "curly_word": "{dot}", "angle_word": "<dot>",
    "square_upper": "[DOT]", "round_upper": "(DOT)", "letter": "[d]", "backslash": "\\.",
    "spaced_square": " [.] ", "spaced_round": " (.) ", "spaced_word": " [dot] ",
    "spaced_round_word": " (dot) ", "padded": "[ . ]", "padded_word": "[ dot ]",
    "open_only": "[.", "close_only": ".]", "open_round": "(.", "close_round": ".)",
    "nested": "[[.]]", "nested_mixed": "([.])", "nested_curly": "{[.]}",
    "loose_left": " [.]", "loose_right": "[.] ", "bare_word": " dot ", "bare_upper": " DOT ",
}  # fmt: skip

SCHEMES = {
    "http": ("hxxp", "hXXp", "HXXP", "h**p", "hxxp", "htxp", "h__p", "hxtp", "h--p", "hxxp"),
    "https": ("hxxps", "hXXps", "HXXPS", "h**ps", "hxxps", "htxps", "h__ps", "hxtps"),
    "ftp": ("fxp", "f*p", "fxp", "fXp"),
}
SEPARATORS = ("[:]//", "[://]", "(:)//", "[:]//", "{:}//", ":[//]", "[:/]/")
ATS = ("[at]", "(at)", "{at}", "<at>", "[@]", "(@)", "{@}", "[AT]", "(AT)", " [at] ", " (at) ",
       " (@) ", " [@] ")  # fmt: skip
COLONS = ("[:]", "(:)", "{:}", "[:]")
HYPHENS = ("[-]", "(-)", "{-}", "[-]")
SLASHES = ("[/]", "(/)", "{/}")


def _dotted(style: str) -> Variant:
    def disguise(value: str, label: str, rng: Random) -> str | None:
        start, end = host_of(value, label)
        dots = [i for i in range(start, end) if value[i] == "."]
        if label == "VERSION" or not dots:
            return None
        scope = rng.choice(("all", "all", "last", "one"))
        words = style.strip(" ").isalpha()
        if scope == "last" and not words:
            dots = dots[-1:]
        elif scope == "one" and not words:
            dots = [rng.choice(dots)]
        made = at_places(value, dots, lambda _: style)
        if label == "EMAIL" and words:
            # "dot" without brackets is written together with "at": user AT example DOT com
            made = made.replace("@", " AT " if style.isupper() else " at ")
        return made

    return disguise


def _scheme(value: str, label: str, rng: Random) -> str | None:
    scheme, mark, rest = value.partition("://")
    if label != "URL" or not mark or scheme not in SCHEMES:
        return None
    made = rng.choice(SCHEMES[scheme])
    return made + (rng.choice(SEPARATORS) if rng.random() < 0.3 else mark) + rest


def _scheme_and_dots(value: str, label: str, rng: Random) -> str | None:
    made = _scheme(value, label, rng)
    if made is None:
        return None
    start, end = host_of(value, label)
    shift = len(made) - len(value)
    dots = [i + shift for i in range(start, end) if value[i] == "."]
    return at_places(made, dots, lambda _: rng.choice(("[.]", "(.)", "[dot]", "{.}")))


def _separator(value: str, label: str, rng: Random) -> str | None:
    if label != "URL" or "://" not in value:
        return None
    return value.replace("://", rng.choice(SEPARATORS), 1)


def _at(value: str, label: str, rng: Random) -> str | None:
    if label != "EMAIL":
        return None
    made = value.replace("@", rng.choice(ATS))
    if rng.random() < 0.5:
        head, mark, tail = made.rpartition(".")
        made = head + rng.choice(("[.]", "(dot)", "[dot]", "{.}")) + tail if mark else made
    return made


def _mixed(value: str, label: str, rng: Random) -> str | None:
    start, end = host_of(value, label)
    dots = [i for i in range(start, end) if value[i] == "."]
    if len(dots) < 2:
        return None
    return at_places(value, dots, lambda _: rng.choice(("[.]", "(.)", "[dot]", "(dot)", "{.}")))


def _colons(value: str, label: str, rng: Random) -> str | None:
    if label != "IP_ADDRESS" or ":" not in value:
        return None
    places = [i for i, char in enumerate(value) if char == ":"]
    style = rng.choice(COLONS)
    scope = rng.choice(("all", "first", "last", "one"))
    chosen = {"all": places, "first": places[:1], "last": places[-1:]}.get(
        scope, [rng.choice(places)]
    )
    return at_places(value, chosen, lambda _: style)


def _hyphens(value: str, label: str, rng: Random) -> str | None:
    if label != "CVE":
        return None
    places = [i for i, char in enumerate(value) if char == "-"]
    scope = rng.choice((places, places[:1], places[-1:]))
    style = rng.choice(HYPHENS)
    return at_places(value, scope, lambda _: style)


def _slash(value: str, label: str, rng: Random) -> str | None:
    if label != "CIDR" or "/" not in value:
        return None
    return value.replace("/", rng.choice(SLASHES)).replace(".", rng.choice((".", "[.]", "(.)")))


DEFANG = Family(
    "defang",
    "defang",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL", "CVE", "CIDR"}),
    {
        **{f"dot_{name}": _dotted(style) for name, style in DOTS.items()},
        **{f"scheme_{i}": _scheme for i in range(4)},
        **{f"scheme_and_dots_{i}": _scheme_and_dots for i in range(4)},
        **{f"separator_{i}": _separator for i in range(3)},
        **{f"at_{i}": _at for i in range(10)},
        **{f"mixed_{i}": _mixed for i in range(2)},
        **{f"colon_{i}": _colons for i in range(10)},
        "hyphen": _hyphens,
        "slash": _slash,
    },
)
