"""Ways of writing that programs undo or people agree on: defanging, markup, percent signs."""

from __future__ import annotations

from random import Random
from urllib.parse import quote, quote_plus

from decloak.evaluation.heldout.hidden import Hidden, at_some, some
from decloak.evaluation.heldout.names import KINDS

__all__ = ["defang", "markup", "percent"]

_DOTS = ("[.]", "[.]", "(.)", "{.}", "[dot]", "(dot)", "{dot}", " [dot] ", " (dot) ", "\\.", "[d]", "[.",
         ".]", "(.", " [.] ", "[ . ]", "[[.]]", "[DOT]", " dot ", "<.>")  # fmt: skip
_SCHEMES = {
    "http": ("hxxp", "hXXp", "h**p", "HXXP", "http"),
    "https": ("hxxps", "hXXps", "h**ps", "https"),
    "ftp": ("fxp", "ftp"),
}
_SIGNS = ("://", "[:]//", "[://]")
_ENTITIES = {
    ".": ("&#46;", "&#x2e;", "&period;", "&#x2E;"), "-": ("&#45;", "&#x2d;"), ":": ("&#58;", "&colon;"),
    "/": ("&#47;", "&sol;"), "@": ("&#64;", "&commat;"), " ": ("&nbsp;", "&#32;"),
}  # fmt: skip
_TAGS = (("<b>", "</b>"), ("<i>", "</i>"), ("<em>", "</em>"), ('<span class="hl">', "</span>"),
         ("<code>", "</code>"), ("<mark>", "</mark>"))  # fmt: skip
_CODES = (("[b]", "[/b]"), ("[i]", "[/i]"), ("[color=red]", "[/color]"))
_EMPHASIS = (("**", "**"), ("`", "`"), ("*", "*"))
_COLOURS = (("\x1b[1;31m", "\x1b[0m"), ("\x1b[33m", "\x1b[39m"), ("\x1b[4m", "\x1b[24m"))
_LATEX = (("\\textbf{", "}"), ("\\emph{", "}"), ("\\texttt{", "}"))
_NOTHING = ("<wbr>", "<wbr/>", "&shy;", "&#8203;", "<!-- -->", "&zwnj;")
_PUNCTUATION = ".:/@- "


def defang(rng: Random, value: str, label: str) -> Hidden | None:
    """Break an indicator so that nobody can click it."""
    if label == "IP_ADDRESS" and ":" in value:
        places = some(rng, [i for i, char in enumerate(value) if char == ":"])
        return Hidden(at_some(value, places, dict.fromkeys(places, "[:]")))
    if label in {"IP_ADDRESS", "DOMAIN"}:
        dot = rng.choice(_DOTS)
        places = some(rng, [i for i, char in enumerate(value) if char == "."])
        if dot == " dot ":
            places = frozenset(i for i, char in enumerate(value) if char == ".")
        return Hidden(at_some(value, places, dict.fromkeys(places, dot)))
    if label == "URL":
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        dot = rng.choice(("[.]", "[.]", "(.)", "[dot]", "{.}", "."))
        broken = rng.choice(_SCHEMES[scheme]) + rng.choice(_SIGNS) + host.replace(".", dot)
        return Hidden(broken + slash + path)
    if label == "EMAIL":
        user, _, host = value.partition("@")
        if rng.random() < 0.25:
            return Hidden(f"{user} AT {host.replace('.', ' DOT ')}")
        sign = rng.choice(("[at]", "(at)", "[@]", "(@)", " [at] ", "{at}"))
        return Hidden(user + sign + host.replace(".", rng.choice(("[.]", "[dot]", "(.)", "."))))
    if label == "CVE":
        places = some(rng, [i for i, char in enumerate(value) if char == "-"])
        return Hidden(at_some(value, places, dict.fromkeys(places, "[-]")))
    return None


def _part(rng: Random, value: str) -> tuple[str, str, str]:
    """Cut a value into before, inside and after; the inside is never all of it."""
    start = rng.randint(0, len(value) - 2)
    end = rng.randint(start + 1, len(value) - (start == 0))
    return value[:start], value[start:end], value[end:]


def markup(rng: Random, value: str, label: str) -> Hidden | None:  # noqa: ARG001 - a family's shape
    """Put markup inside: tags, character references, emphasis, colours, escapes of strings."""
    if len(value) < 4:
        return None
    way = rng.randrange(8)
    if way < 5:
        pairs = (_TAGS, _CODES, _EMPHASIS, _COLOURS, _LATEX)[way]
        opening, closing = rng.choice(pairs)
        before, inside, after = _part(rng, value)
        if pairs is _EMPHASIS and rng.random() < 0.3:
            return Hidden(f"__{value}__")
        return Hidden(f"{before}{opening}{inside}{closing}{after}")
    if way == 5:
        able = [i for i, char in enumerate(value) if char in _ENTITIES]
        places = some(rng, able) or some(rng, range(len(value)))
        known = {i: rng.choice(_ENTITIES.get(value[i], (f"&#{ord(value[i])};",))) for i in places}
        return Hidden(at_some(value, places, known))
    if way == 6:
        place = rng.randint(1, len(value) - 1)
        return Hidden(value[:place] + rng.choice(_NOTHING) + value[place:])
    able = [i for i, char in enumerate(value) if char in _PUNCTUATION]
    places = some(rng, able) or some(rng, range(1, len(value)))
    form = rng.choice(("\\u{:04x}", "\\x{:02x}", "\\u{:04X}"))
    return Hidden(at_some(value, places, {i: form.format(ord(value[i])) for i in places}))


def percent(rng: Random, value: str, label: str) -> Hidden | None:
    """Write characters as percent sign and digits, once or twice over."""
    sign = "%25" if rng.random() < 0.25 else "%"
    form = rng.choice(("{:02x}", "{:02X}"))
    if label == "URL" and rng.random() < 0.4:
        return Hidden(quote(value, safe=""))
    if label in KINDS and " " in value and rng.random() < 0.5:
        return Hidden(quote_plus(value) if rng.random() < 0.5 else quote(value))
    able = [i for i, char in enumerate(value) if char in _PUNCTUATION]
    if rng.random() < 0.5 or not able:
        able = list(range(len(value)))
    places = some(rng, able)
    return Hidden(at_some(value, places, {i: sign + form.format(ord(value[i])) for i in places}))
