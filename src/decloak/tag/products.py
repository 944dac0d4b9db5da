"""Products: a name and its version written together, and versions that say they are one."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Candidate
from decloak.indicators.engine import compile_pattern
from decloak.indicators.quads import is_quad
from decloak.kb.lexicon import lookup
from decloak.tag.base import Scene
from decloak.tag.surroundings import follows_version_word

__all__ = ["Products"]

_TOKEN = compile_pattern(rb"\b([A-Za-z][A-Za-z0-9_.+-]{1,40})/(v?[0-9][A-Za-z0-9_.+~-]{0,60})")
_KEYWORD = compile_pattern(
    rb"(?i)\b(?:versions?|ver\.|release)[ \t]*[:=]?[ \t]*(v?[0-9]{1,5}(?:\.[A-Za-z0-9]{1,12}){1,5}"
    rb"(?:\([0-9]{1,3}[a-z]?\)[0-9A-Z][0-9A-Za-z.]{0,11})?(?:[-+~][A-Za-z0-9.+~-]{1,40})?)"
    rb"|(?m:^|[ \t(,])(v[0-9]{1,5}(?:\.[0-9]{1,6}){1,4}(?:[-+][A-Za-z0-9.+~-]{1,40})?)(?:[ \t),;]|(?m:\.?$))"
)
_NOT_PRODUCTS = frozenset(
    [
        "http",
        "https",
        "tls",
        "ssl",
        "dtls",
        "rtsp",
        "sip",
        "sips",
        "html",
        "xhtml",
        "ip",
        "tcp",
        "udp",
        "ipv4",
        "ipv6",
        "and",
        "or",
        "no",
        "yes",
        "page",
        "part",
        "chapter",
        "section",
        "figure",
        "table",
        "rev",
        "us",
        "en",
        "text",
        "application",
        "image",
        "audio",
        "video",
    ]
)
_BEFORE_NO = frozenset(
    b"/.-_@=&?%#~:\\\x80abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)
_LONGEST_BARE = 8  # of a version without a dot
_ENDS = {"", " ", ")", ",", ";", "\n", "\r", "\t"}
_AFTER_NO = frozenset(b"/@=&%#:\\\x80")


class Products:
    """Propose SOFTWARE and VERSION in ``nginx/1.18.0``, and VERSION after the word."""

    name = "products"
    labels = ("SOFTWARE", "VERSION")
    origins = ("pattern.product", "pattern.product.known", "pattern.version.keyword")

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield product tokens (RFC 9110, section 10.1.5) and announced versions."""
        shadow, text, known = scene.view.shadow, scene.view.text, scene.known
        if b"/" in shadow:
            for match in _TOKEN.finditer(shadow, scene.low, scene.high):
                start, end = match.span()
                if (start and shadow[start - 1] in _BEFORE_NO) or (
                    end < len(shadow) and shadow[end] in _AFTER_NO
                ):
                    continue
                middle = match.end(1)
                while text[end - 1] in ".-_+~":
                    end -= 1
                if not is_quad(shadow, middle + 1, end) or follows_version_word(
                    scene.view, middle + 1, end
                ):
                    yield from _product(text, start, middle, end)
        for match in _KEYWORD.finditer(shadow, scene.low, scene.high):
            start, end = match.span(1 if match.start(1) >= 0 else 2)
            while text[end - 1] in ".-_+~":
                end -= 1
            if (start, end) not in known and "." in text[start:end]:
                yield Candidate(start, end, "VERSION", "pattern.version.keyword")


def _product(text: str, start: int, middle: int, end: int) -> Iterator[Candidate]:
    name, version = text[start:middle], text[middle + 1 : end]
    if name.lower() in _NOT_PRODUCTS:
        return
    entry = lookup(name, "SOFTWARE")
    if entry is None and ("." not in version or "." in name):
        return
    if "." not in version and not (len(version) <= _LONGEST_BARE and text[end : end + 1] in _ENDS):
        return  # base64 has slashes, too
    origin = "pattern.product" if entry is None else "pattern.product.known"
    yield Candidate(start, middle, "SOFTWARE", origin)
    yield Candidate(middle + 1, end, "VERSION", origin)
