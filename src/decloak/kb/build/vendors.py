"""Vendors: who makes the network card, by the first three octets of a hardware address."""

from __future__ import annotations

import struct

from decloak.kb.build.draft import Draft
from decloak.kb.build.package import PackageData

__all__ = ["vendor_pack"]

_MAGIC = b"OUI1"
_HEADER = struct.Struct("<4sI")


def vendor_pack() -> Draft:
    """Return the pack of the IEEE's registry of three octets, as aiooui packs it.

    Raises:
        ValueError: when the file has another layout.
    """
    data = PackageData("aiooui", ".")
    read = data.bytes("oui.data")
    magic, count = _HEADER.unpack_from(read)
    if magic != _MAGIC:
        message = "oui.data has another layout than its version says"
        raise ValueError(message)
    keys = struct.unpack_from(f"<{count}I", read, _HEADER.size)
    offsets = struct.unpack_from(f"<{count}I", read, _HEADER.size + 4 * count)
    names = read[_HEADER.size + 8 * count :]
    draft = Draft("vendors", "the holder of a block of hardware addresses", ("prefix", "vendor"))
    for key, offset in zip(keys, offsets, strict=True):
        draft.add(f"{key:06x}", names[offset : names.index(b"\n", offset)].decode("utf-8"))
    draft.sources["oui"] = data.source("IEEE MA-L registry", "", "MIT")
    return draft
