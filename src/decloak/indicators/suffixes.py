"""Public suffixes and special-use names, from an offline snapshot that a package maintains."""

from __future__ import annotations

from functools import cache
from typing import Any

__all__ = ["SPECIAL_USE", "has_public_suffix", "is_tld", "public_suffix", "registered_domain"]

SPECIAL_USE = frozenset(
    {"alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion", "test"}
)
"""Top labels that RFC 6761, 6762, 7686, 9476 or ICANN (``internal``) set apart."""


@cache
def _list() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - 40 ms, only when needed

    return PublicSuffixList(accept_unknown=False)


@cache
def is_tld(label: str) -> bool:
    """Whether a label (lower case, A-label) is a top-level domain of the snapshot."""
    return _list().publicsuffix(label) is not None


def public_suffix(domain: str) -> str | None:
    """Return the public suffix of a canonical domain, or None when it has none."""
    suffix: str | None = _list().publicsuffix(domain)
    return suffix


def registered_domain(domain: str) -> str | None:
    """Return the public suffix and one label more, or None."""
    registered: str | None = _list().privatesuffix(domain)
    return registered


def has_public_suffix(domain: str) -> bool:
    """Whether the top label of a canonical domain is a top-level or special-use domain."""
    top = domain.rpartition(".")[2]
    return top in SPECIAL_USE or is_tld(top)
