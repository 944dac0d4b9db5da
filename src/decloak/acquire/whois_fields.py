"""Fields of a WHOIS answer as python-whois reads them. Needs the extra ``acquire``.

A second opinion beside the grammar in `sources.whois`: stored runs are never changed by it. Why this
library: docs/decisions/0006-whois-library.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decloak.core.errors import InputError
from decloak.core.extras import need_extra

__all__ = ["LONGEST", "whois_fields"]

LONGEST = 1 << 20
"""Characters that are read at most; the library's patterns are no match for more."""


def whois_fields(text: str, domain: str) -> dict[str, tuple[str, ...]]:
    """Return field -> its distinct values, in the library's names (``registrar``, ``emails``).

    Args:
        text: an answer about a domain; answers about addresses hold nothing for this library.
        domain: what was asked; its top-level domain chooses the layout.

    Raises:
        InputError: when the library cannot read it: no such domain, a date that it does not know,
            or more than `LONGEST` characters.
        ToolError: when the extra is not installed.
    """
    with need_extra("acquire"):
        from whois.exceptions import WhoisError  # noqa: PLC0415 - an extra
        from whois.parser import WhoisEntry  # noqa: PLC0415 - likewise
    if len(text) > LONGEST:
        message = f"{domain}: longer than {LONGEST:,} characters"
        raise InputError(message)
    try:
        entry = dict(WhoisEntry.load(domain, text))
    except WhoisError as error:
        first = next(iter(str(error).splitlines()), "")
        message = f"{domain}: not read by python-whois: {first[:200] or type(error).__name__}"
        raise InputError(message) from error
    entry.pop("text", None)
    fields = ((name, tuple(dict.fromkeys(_values(value)))) for name, value in entry.items())
    return {str(name): values for name, values in fields if values}


def _values(value: Any) -> Iterator[str]:
    for part in value if isinstance(value, list | tuple | set) else (value,):
        if part is not None and str(part).strip():
            yield str(part).strip()
