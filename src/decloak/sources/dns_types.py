"""DNS record types and classes, and which words of a record's data are names and addresses.

The shapes follow the IANA registry of DNS parameters and the presentation formats of the RFCs that
define each type.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CLASSES", "TYPES", "Shape", "is_ttl", "type_shape"]


class Shape(NamedTuple):
    """What the words of a record's data are.

    Attributes:
        slots: (index of the word, field of the ``answer`` record), in order of the text.
        special: name of the reader for data whose words need more than a place (``text``,
            ``caa``, ``params`` ...), or "".
    """

    slots: tuple[tuple[int, str], ...] = ()
    special: str = ""


_OPAQUE = Shape()
_FIRST = Shape(((0, "target"),))
_SECOND = Shape(((1, "target"),))

TYPES: dict[bytes, Shape] = {
    b"A": Shape(((0, "address"),)),
    b"AAAA": Shape(((0, "address"),)),
    b"NS": _FIRST,
    b"CNAME": _FIRST,
    b"DNAME": _FIRST,
    b"PTR": _FIRST,
    b"MB": _FIRST,
    b"MD": _FIRST,
    b"MF": _FIRST,
    b"MG": _FIRST,
    b"MR": _FIRST,
    b"NSEC": _FIRST,
    b"NXT": _FIRST,
    b"MX": _SECOND,
    b"AFSDB": _SECOND,
    b"KX": _SECOND,
    b"LP": _SECOND,
    b"RT": _SECOND,
    b"PX": Shape(((1, "target"), (2, "targets"))),
    b"SOA": Shape(((0, "target"), (1, "email"))),
    b"RP": Shape(((0, "email"), (1, "target"))),
    b"MINFO": Shape(((0, "email"), (1, "targets"))),
    b"SRV": Shape(((2, "port"), (3, "target"))),
    b"NAPTR": Shape(((5, "target"),)),
    b"RRSIG": Shape(((7, "target"),)),
    b"SIG": Shape(((7, "target"),)),
    b"IPSECKEY": Shape(((3, "target"),)),
    b"TKEY": _FIRST,
    b"TSIG": _FIRST,
    b"TALINK": Shape(((0, "target"), (1, "targets"))),
    b"SVCB": Shape(((1, "target"),), "params"),
    b"HTTPS": Shape(((1, "target"),), "params"),
    b"TXT": Shape((), "text"),
    b"SPF": Shape((), "text"),
    b"AVC": Shape((), "text"),
    b"RESINFO": Shape((), "text"),
    b"CAA": Shape((), "caa"),
    b"URI": Shape((), "uri"),
    b"APL": Shape((), "apl"),
    b"HINFO": Shape((), "hinfo"),
} | dict.fromkeys(
    (
        b"AMTRELAY", b"ANY", b"ATMA", b"AXFR", b"CDNSKEY", b"CDS", b"CERT", b"CSYNC", b"DHCID",
        b"DLV", b"DNSKEY", b"DS", b"DSYNC", b"EID", b"EUI48", b"EUI64", b"GPOS", b"HIP", b"ISDN",
        b"IXFR", b"KEY", b"L32", b"L64", b"LOC", b"MAILA", b"MAILB", b"NID", b"NIMLOC", b"NINFO",
        b"NSAP", b"NSAP-PTR", b"NSEC3", b"NSEC3PARAM", b"NULL", b"OPENPGPKEY", b"OPT", b"RKEY",
        b"SINK", b"SMIMEA", b"SSHFP", b"TA", b"TLSA", b"UNSPEC", b"WALLET", b"WKS", b"X25",
        b"ZONEMD",
    ),
    _OPAQUE,
)  # fmt: skip
"""Shapes by type mnemonic; see `type_shape` for the ``TYPE65534`` form."""

CLASSES = frozenset({b"IN", b"CH", b"HS", b"CS", b"NONE"})
"""Class mnemonics; ``ANY`` is left to the types, where it is far more often meant."""

_TTL_UNITS = b"0123456789smhdwSMHDW"


def type_shape(word: bytes) -> Shape | None:
    """Return the shape of a type mnemonic, ``TYPE<number>`` included (RFC 3597); else None."""
    shape = TYPES.get(word)
    if shape is None and word[:4] == b"TYPE" and word[4:].isdigit():
        return _OPAQUE
    return shape


def is_ttl(word: bytes) -> bool:
    """Whether a word is a time to live, in seconds or with units (``1h30m``)."""
    return word.isdigit() or (word[:1].isdigit() and not word.translate(None, _TTL_UNITS))
