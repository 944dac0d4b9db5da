"""HTML links: what addresses name, and links that show one host and go to another."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

__all__ = ["Payload", "host_of", "is_address", "payload_of", "shown_host", "sides"]

_ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30}+:|[/\\]{2}[^/\\])")
_NO_ADDRESS = ("about:", "blob:", "cid:", "data:", "mid:")
_AUTHORITY = re.compile(
    r"(?:[a-zA-Z][a-zA-Z0-9+.-]{1,30}+:)?+[/\\]{2,}+(?:[^/?#\\@\s]*@)?(\[[0-9a-fA-F:.]++\]|[^/?#\\:@\s]++)"
)
_MAILBOX = re.compile(r"mailto:[^?@]*@([^?,;>\s]++)", re.IGNORECASE)
_SHOWN = re.compile(
    r"(?:https?|ftps?)://(?:[^\s/?#@]{0,100}@)?([\w.-]++)|(?<![\w@.-])(?:[\w.+-]{1,64}@)?((?:[\w-]{1,63}\.)+[^\W\d_]{2,24})(?![\w-])",
    re.IGNORECASE,
)
_DATA = re.compile(r"data:([\w.+-]*/?[\w.+-]*)((?:;[^;,]{0,100})*),", re.IGNORECASE)
_PAYLOADS = ("text/", "application/", "message/")
_NO_PAYLOADS = ("text/css", "text/javascript")
_CODE = re.compile(r"font|javascript|json")


class Payload(NamedTuple):
    """What a ``data:`` address carries."""

    type: str
    data: bytes


def is_address(value: str) -> bool:
    """Whether a value says where it leads without the page's own address: ``mailto:`` and ``//`` too."""
    return _ADDRESS.match(value) is not None and not value.lower().startswith(_NO_ADDRESS)


def payload_of(value: str) -> Payload | None:
    """Return the document within a ``data:`` address; None for pictures, fonts, scripts and styles."""
    match = _DATA.match(value)
    if match is None:
        return None
    kind = match[1].lower() or "text/plain"
    if not kind.startswith(_PAYLOADS) or kind.startswith(_NO_PAYLOADS) or _CODE.search(kind):
        return None
    data = unquote_to_bytes(value[match.end() :])
    if match[2].lower().endswith(";base64"):
        try:
            data = base64.b64decode(data + b"==")
        except (binascii.Error, ValueError):
            return None
    return Payload(kind, data) if data.strip() else None


def host_of(address: str) -> str | None:
    """Return the host that an address leads to, in lower case; None where it names none."""
    match = _AUTHORITY.match(address) or _MAILBOX.match(address)
    return match[1].strip(".").lower() if match else None


def shown_host(text: str) -> str | None:
    """Return the first host that the text of a link names, in lower case; None for plain words."""
    from decloak.indicators.suffixes import is_public_top  # noqa: PLC0415 - its list takes 40 ms

    for match in _SHOWN.finditer(text):
        if match[1]:
            return match[1].strip(".-").lower() or None
        host = match[2].lower()
        if is_public_top(_ascii(host).rpartition(".")[2]) and not _is_file(host):
            return host
    return None


def sides(text: str, address: str) -> tuple[str, str] | None:
    """Return the host that a link shows and the one it goes to, where they belong to two owners.

    Args:
        text: the text of the link.
        address: its target.
    """
    target = host_of(address)
    if target is None or "." not in text:
        return None
    shown = shown_host(text)
    if shown is None or _same(_ascii(shown), _ascii(target)):
        return None
    return shown, target


def _same(one: str, other: str) -> bool:
    from decloak.indicators.suffixes import registered_domain  # noqa: PLC0415 - its list takes 40 ms

    if one == other:
        return True
    owner = registered_domain(one)
    return owner is not None and owner == registered_domain(other)


def _is_file(name: str) -> bool:
    """Whether a name of two labels may as well be that of a file: ``setup.py``, not ``evil.com``."""
    from decloak.indicators.paths import file_extensions  # noqa: PLC0415 - only where a link shows a name

    extension = name.rpartition(".")[2]
    return name.count(".") == 1 and extension != "com" and extension in file_extensions()


def _ascii(host: str) -> str:
    from decloak.indicators.names import ascii_domain  # noqa: PLC0415 - only where a link shows a name

    return ascii_domain(host) or host
