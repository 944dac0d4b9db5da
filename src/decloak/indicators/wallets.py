"""Addresses of cryptocurrencies, confirmed by their checksums: Base58Check, bech32(m), EIP-55, Monero.

The codecs are those of `base58-bech32` and of `pycryptodome`, which are loaded when first needed.
"""

from __future__ import annotations

from decloak.core.entity import Reading, Verdict, confirmed

__all__ = ["SEGWIT_PREFIXES", "read_wallet"]

SEGWIT_PREFIXES = ("bc", "tb", "ltc", "grs", "dgb", "vtc", "btg")
"""Human-readable parts of segregated-witness addresses (SLIP 173)."""

_VERSIONS = frozenset(
    {0x00, 0x05, 0x30, 0x32, 0x1E, 0x16, 0x4C, 0x10, 0x41, 0x6F, 0xC4, 0x17, 0x38}
)
"""First bytes of 21 that Bitcoin, Litecoin, Dogecoin, Dash, Tron and others put before a hash."""
_LONG_VERSIONS = frozenset({b"\x1c\xb8", b"\x1c\xbd"})
"""First two bytes of 22: Zcash."""
_BAD = Reading(Verdict.REFUTED, reason="the checksum does not hold")
_MONERO_BLOCK, _MONERO_CHARS = 8, 11
_MONERO_TAIL = {7: 5}  # characters of the last block -> its bytes
_MONERO_LENGTHS = {95: 69}  # characters -> bytes
_MONERO_NETWORKS = frozenset({18, 42})
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def read_wallet(text: str) -> Reading:
    """Read an address of a wallet; REFUTED where no known checksum holds."""
    if text[:2].lower() == "0x":
        return _read_ether(text)
    if text[: text.find("1") + 1].lower().rstrip("1") in SEGWIT_PREFIXES:
        return _read_segwit(text)
    if len(text) in _MONERO_LENGTHS:
        return _read_monero(text)
    return _read_base58(text)


def _read_base58(text: str) -> Reading:
    from base58_bech32 import base58  # noqa: PLC0415 - rare, and start-up counts

    try:
        raw = base58.b58decode_check(text)
    except ValueError:
        return _BAD
    short = len(raw) == 21 and raw[0] in _VERSIONS
    return confirmed(text) if short or (len(raw) == 22 and raw[:2] in _LONG_VERSIONS) else _BAD


def _read_segwit(text: str) -> Reading:
    """Read bech32 for version 0 and bech32m for later ones (BIP 173, BIP 350)."""
    from base58_bech32 import bech32  # noqa: PLC0415 - likewise

    try:
        prefix, data, constant = bech32.bech32_decode(text, limit=90)
        program = bech32.convertbits(data[1:], 5, 8, pad=False)
    except ValueError:
        return _BAD
    wanted = bech32.BECH32_M_CONST if data[:1] != [0] else bech32.BECH32_1_CONST
    sizes = (20, 32) if data[:1] == [0] else range(2, 41)
    good = prefix in SEGWIT_PREFIXES and data[0] <= 16 and constant == wanted
    return confirmed(text.lower()) if good and len(program) in sizes else _BAD


def _read_ether(text: str) -> Reading:
    """Read an address of Ethereum: one case throughout, or capitals that agree with EIP-55."""
    digits = text[2:]
    low = digits.lower()
    if len(digits) != 40 or not set(low) <= set("0123456789abcdef") or len(set(low)) < 6:
        return _BAD
    if digits in {low, digits.upper()}:
        return confirmed(text)
    capitals = zip(digits, _keccak(low.encode("ascii")).hex(), strict=False)
    good = all(
        char.isdigit() or char.isupper() == (int(nibble, 16) > 7) for char, nibble in capitals
    )
    return confirmed(text) if good else _BAD


def _read_monero(text: str) -> Reading:
    """Read Monero's Base58 in blocks; the last four bytes are of Keccak-256 over the others."""
    raw = b""
    for start in range(0, len(text), _MONERO_CHARS):
        block, number = text[start : start + _MONERO_CHARS], 0
        for char in block:
            digit = _ALPHABET.find(char)
            if digit < 0:
                return _BAD
            number = number * 58 + digit
        size = _MONERO_TAIL.get(len(block), _MONERO_BLOCK)
        if number >> (8 * size):
            return _BAD
        raw += number.to_bytes(size, "big")
    good = len(raw) == _MONERO_LENGTHS[len(text)] and raw[0] in _MONERO_NETWORKS
    return confirmed(text) if good and _keccak(raw[:-4])[:4] == raw[-4:] else _BAD


def _keccak(data: bytes) -> bytes:
    from Crypto.Hash import keccak  # noqa: PLC0415 - likewise

    return bytes(keccak.new(digest_bits=256, data=data).digest())
