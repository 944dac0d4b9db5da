"""Public suffixes and special-use names, from an offline snapshot that a package maintains."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from decloak.core import native

__all__ = [
    "OVERLAYS",
    "SPECIAL_USE",
    "is_public_top",
    "is_tld",
    "public_suffix",
    "public_tops",
    "registered_domain",
    "two_label_suffixes",
]

SPECIAL_USE = frozenset(
    {"alt", "arpa", "example", "i2p", "internal", "invalid", "local", "localhost", "onion", "test"}
)
"""Top labels that RFC 6761, 6762, 7686, 9476 or ICANN (``internal``) set apart, and that of the I2P network."""

OVERLAYS = frozenset({"bazar", "i2p", "loki"})
"""Top labels of networks with names of their own, which no registry delegates: I2P, EmerDNS, Lokinet."""


@cache
def _list() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - 40 ms, only when needed

    # Its own way to A-labels takes longer than all the rest of a start.
    source = (*_rules(), *(line for line in _lines() if not line.isascii()))
    return PublicSuffixList(source, accept_unknown=False, accept_encoded_idn=False)


@cache
def _native_suffixes() -> Any:
    assert native.extension is not None  # noqa: S101 - whoever asks has looked
    return native.extension.Suffixes([rule.lower().partition(" ")[0] for rule in _rules()])


@cache
def _lines() -> tuple[str, ...]:
    """Return the rules of the snapshot as they are written."""
    from publicsuffixlist import PSLFILE  # noqa: PLC0415 - with the list, only when needed

    lines = map(str.strip, Path(PSLFILE).read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("//"))


@cache
def _rules() -> tuple[str, ...]:
    """Return the rules of the snapshot, in A-labels."""
    return tuple(
        line if line.isascii() else ".".join(map(_a_label, line.split("."))) for line in _lines()
    )


def _a_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


@cache
def _tlds() -> frozenset[str]:
    """Return the last label of every rule: ``za`` is delegated, though only ``co.za`` is a suffix."""
    return frozenset(rule.rpartition(".")[2] for rule in _rules())


@cache
def two_label_suffixes() -> frozenset[str]:
    """Return the public suffixes of two labels: ``co.uk``."""
    return frozenset(rule for rule in _rules() if rule.count(".") == 1 and rule[0] not in "*!")


def is_tld(label: str) -> bool:
    """Whether a label (lower case, A-label) is a top-level domain of the snapshot."""
    return label in _tlds()


def public_suffix(domain: str) -> str | None:
    """Return the public suffix of a canonical domain, or None when it has none."""
    suffix: str | None = _list().publicsuffix(domain)
    return suffix


def registered_domain(domain: str) -> str | None:
    """Return the public suffix and one label more, or None."""
    if native.extension is not None and domain.isascii():
        found: str | None = _native_suffixes().registered(domain)
        return found
    registered: str | None = _list().privatesuffix(domain)
    return registered


@cache
def public_tops() -> frozenset[str]:
    """Return the top labels (lower case, A-labels) that are delegated, set apart or of an overlay network."""
    return SPECIAL_USE | OVERLAYS | _tlds()


def is_public_top(label: str) -> bool:
    """Whether a label (lower case, A-label) is a top-level, special-use or overlay domain."""
    return label in public_tops()
