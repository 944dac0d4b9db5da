"""HTML: pages as they are shown, with what they hide told apart, and where their links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.readers.base import Context
from decloak.readers.encoding import decode_bytes, mark_of

__all__ = ["READER"]

_OPENING = re.compile(
    r"""\s*+(?:<\?xml[^>]*+>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+(?:<!doctype\s++(html)\b|<(html|head|body|title|meta|base|style|script|table|div|center|form|section|article|main|p|h[1-6]|font|span|ul)(?=[\s>/]))""",
    re.IGNORECASE | re.DOTALL,
)
_INSIDE = re.compile(r"<(?:!doctype\s++html\b|html(?=[\s>])|body(?=[\s>]))", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:html|head|body|title|meta|link|style|script|table|t[rdh]|div|center|form|section|article|main|p|h[1-6]|font|span|ul|ol|li|a|img|br|b|i|strong|em)(?=[\s>/])",
    re.IGNORECASE,
)
_NAMES = (".html", ".htm", ".xhtml", ".shtml", ".hta")
_PAGES = frozenset({"html", "head", "body"})
_LEAST = 2
"""Further tags behind that of a page."""
_LEAST_OF_PART = 6
"""Tags of a page that begins with none of its own."""
_MARKUP_SHARE = 0.02
"""Tags per code point of such a page, at the least."""


class _Html:
    """The reader of HTML; see `decloak.readers.base.Reader`."""

    name = "html"

    def knows(self, head: bytes, name: str) -> bool:
        """Whether it is a page: it begins as one, and goes on as one. Text with tags in it is not."""
        text = decode_bytes(head).text if mark_of(head)[0] else head.decode("latin-1")
        named = name.lower().endswith(_NAMES)
        match = _OPENING.match(text)
        if match is None:
            return named and _INSIDE.search(text) is not None
        tags = sum(1 for _ in _TAG.finditer(text, match.end()))
        if match[1] or match[2].lower() in _PAGES:
            return tags >= _LEAST
        return named or (tags >= _LEAST_OF_PART and tags >= _MARKUP_SHARE * len(text))

    def read(self, data: bytes, context: Context) -> Iterator[Document | Failure]:
        """Yield the page, then the documents that it carries in ``data:`` addresses.

        Raises:
            InputError: when the encoding that was asked for is unknown.
        """
        from decloak.readers.html.encoding import decode_page  # noqa: PLC0415 - when a page is read
        from decloak.readers.html.page import read_page  # noqa: PLC0415 - when a page is read

        source, warnings = decode_page(data, context.options.encoding)
        page = read_page(source)
        yield Document(
            context.name,
            page.text,
            warnings=(*warnings, *page.warnings),
            source_map=page.source_map,
        )
        for number, payload in enumerate(page.payloads, 1):
            yield from context.inside(f"data-{number}", payload.data)


READER = _Html()
