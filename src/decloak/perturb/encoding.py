"""Encoding: other notations of the same value, and text encodings around it."""

from __future__ import annotations

import base64
import codecs
import ipaddress
from random import Random

import idna

from decloak.perturb.base import Disguised, Family
from decloak.perturb.places import at_places, host_of, joints, some

__all__ = ["ENCODING"]


def _ipv4(value: str, label: str) -> ipaddress.IPv4Address | None:
    if label != "IP_ADDRESS" or ":" in value:
        return None
    return ipaddress.IPv4Address(value)


def _ipv6(value: str, label: str) -> ipaddress.IPv6Address | None:
    if label != "IP_ADDRESS" or ":" not in value or "%" in value:
        return None
    return ipaddress.IPv6Address(value)


def _integer_form(number: int, rng: Random) -> str:
    return rng.choice((f"0x{number:08X}", f"0x{number:08x}", f"0X{number:08X}", f"0{number:o}"))


def _ipv4_integer(value: str, label: str, rng: Random) -> str | None:
    address = _ipv4(value, label)
    return None if address is None else _integer_form(int(address), rng)


def _ipv4_decimal(value: str, label: str, rng: Random) -> Disguised | None:
    """A bare decimal number is an address only where the text says so."""
    address = _ipv4(value, label)
    if address is None or int(address) < 1 << 24:
        return None
    lead = rng.choice(("ip=", "IP address ", "addr: ", "ip: ", "decimal IP "))
    return Disguised(str(int(address)), value, lead=lead)


def _octet(octet: int, form: str) -> str:
    return {"octal": f"0{octet:o}" if octet else "0", "octal_padded": f"0{octet:03o}",
            "hex": f"0x{octet:x}", "hex_padded": f"0x{octet:02X}", "decimal": str(octet)}[form]  # fmt: skip


def _ipv4_dotted(value: str, label: str, rng: Random) -> str | None:
    address = _ipv4(value, label)
    if address is None:
        return None
    form = rng.choice(("octal", "octal_padded", "hex", "hex_padded", "mixed"))
    forms = [
        rng.choice(("octal_padded", "hex", "hex_padded", "decimal")) if form == "mixed" else form
        for _ in range(4)
    ]
    if form == "mixed":
        forms[0] = rng.choice(("octal_padded", "hex"))
    return ".".join(_octet(octet, f) for octet, f in zip(address.packed, forms, strict=True))


def _ipv6_form(value: str, label: str, rng: Random) -> str | None:
    address = _ipv6(value, label)
    if address is None:
        return None
    groups = address.exploded.split(":")
    form = rng.choice(("exploded", "upper", "unpadded", "upper_exploded", "dotted"))
    if form == "exploded":
        return address.exploded
    if form == "upper":
        return value.upper()
    if form == "upper_exploded":
        return address.exploded.upper()
    short = [group.lstrip("0") or "0" for group in groups]
    if form == "unpadded":
        return ":".join(short)
    tail = ipaddress.IPv4Address(address.packed[12:])
    return ":".join(short[:6]) + f":{tail}"


def _url_with_integer(value: str, label: str, rng: Random) -> str | None:
    if label != "URL":
        return None
    start, end = host_of(value, label)
    host = value[start:end]
    if host.count(".") != 3 or not host.replace(".", "").isdecimal():
        return None
    number = int(ipaddress.IPv4Address(host))
    made = rng.choice((str(number), f"0x{number:08x}", f"0x{number:08X}"))
    return value[:start] + made + value[end:]


def _announced(names: tuple[str, ...], surface: str, value: str, rng: Random) -> Disguised:
    name = rng.choice(names)
    lead, tail = rng.choice(((f"{name}: ", ""), (f"{name}(", ")"), (f"{name}=", ""), ("", "")))
    return Disguised(surface, value, lead=lead, tail=tail)


def _base64(value: str, _label: str, rng: Random) -> Disguised | None:
    if len(value) < 8:
        return None
    encode = rng.choice((base64.b64encode, base64.urlsafe_b64encode))
    made = encode(value.encode()).decode()
    if rng.random() < 0.2:
        made = made.rstrip("=")
    return _announced(("base64", "b64", "Base64"), made, value, rng)


def _hex(value: str, _label: str, rng: Random) -> Disguised | None:
    if len(value) < 8:
        return None
    made = value.encode().hex(*rng.choice(((), (" ",), (":",))))
    if rng.random() < 0.3:
        made = made.upper()
    return _announced(("hex", "hexadecimal", "0x"), made, value, rng)


def _rot13(value: str, label: str, rng: Random) -> Disguised | None:
    if label == "IP_ADDRESS":
        return None
    name = rng.choice(("rot13", "ROT13", "Rot13", "rot-13"))
    lead, tail = rng.choice(((f"{name}: ", ""), (f"{name}(", ")"), (f"{name}=", "")))
    return Disguised(codecs.encode(value, "rot13"), value, lead=lead, tail=tail)


UTF7 = {".": "+AC4-", ":": "+ADo-", "@": "+AEA-", "/": "+AC8-", "-": "+AC0-"}


def _utf7(value: str, _label: str, rng: Random) -> str | None:
    chosen = some(joints(value, ".:@/-"), rng)
    return at_places(value, chosen, UTF7.__getitem__) if chosen else None


def _unicode_name(value: str, label: str, _rng: Random) -> str | None:
    if label != "DOMAIN" or "xn--" not in value:
        return None
    try:
        return idna.decode(value)
    except idna.IDNAError:
        return None  # a name with underscores, or one that IDNA 2008 refuses


ENCODING = Family(
    "encoding",
    "encoding",
    frozenset({"IP_ADDRESS", "DOMAIN", "URL", "EMAIL"}),
    {
        "ipv4_integer": _ipv4_integer, "ipv4_decimal": _ipv4_decimal, "ipv4_dotted": _ipv4_dotted,
        "ipv4_dotted_2": _ipv4_dotted, "ipv6_form": _ipv6_form, "ipv6_form_2": _ipv6_form,
        "ipv6_form_3": _ipv6_form, "url_integer": _url_with_integer, "base64": _base64,
        "hex": _hex, "rot13": _rot13, "utf7": _utf7, "unicode_name": _unicode_name,
    },
)  # fmt: skip
