"""IPv4 in other spellings: decimal, octal and hexadecimal numbers, as ``inet_aton`` reads them."""

from __future__ import annotations

from ipaddress import IPv4Address

__all__ = ["address_of"]


def address_of(form: str) -> str | None:
    """Return the dotted quad that a form stands for; None when it is none, or is one already.

    One to four parts, each decimal, octal (leading 0) or hexadecimal (leading 0x); the last one
    fills the octets that are left (inet_aton(3), WHATWG URL, section 3.5).
    """
    parts = form.split(".")
    numbers = [_number(part) for part in parts]
    if len(parts) > 4 or None in numbers:
        return None
    values = [number for number in numbers if number is not None]
    last_limit = 256 ** (5 - len(values))
    if any(value > 255 for value in values[:-1]) or values[-1] >= last_limit:
        return None
    address = values[-1]
    for place, value in enumerate(values[:-1]):
        address += value << (24 - 8 * place)
    text = str(IPv4Address(address))
    return None if text == form else text


def _number(part: str) -> int | None:
    if part[:2] in {"0x", "0X"}:
        return int(part, 16) if part[2:] else 0
    if len(part) > 1 and part[0] == "0":
        return int(part, 8) if not set(part) & {"8", "9"} else None
    return int(part) if part.isascii() and part.isdecimal() else None
