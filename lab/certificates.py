"""Certificates: an authority of the lab's own, and what it signs."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from functools import cache
from random import Random

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

__all__ = ["Authority"]


@cache
def _keys() -> tuple[rsa.RSAPrivateKey, ...]:
    """A few keys for everybody: making one takes long, and scanners offer RSA first."""
    return tuple(rsa.generate_private_key(65537, 2048) for _ in range(5))


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _name(common: str, organisation: str, country: str, city: str) -> x509.Name:
    parts = [(NameOID.COMMON_NAME, common[:64]), (NameOID.ORGANIZATION_NAME, organisation[:64]), (NameOID.LOCALITY_NAME, city[:64]),
             (NameOID.COUNTRY_NAME, country)]  # fmt: skip
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts if value])


class Authority:
    """Signs certificates. Keys are fresh every time: nothing in a store depends on them.

    Args:
        organisation: what it is called.
    """

    def __init__(self, organisation: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._keys = _keys()
        self._subject = _name(f"{organisation} Root R1", organisation, "", "")
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(self._subject)
            .issuer_name(self._subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=900))
            .not_valid_after(now + dt.timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()

    def issue(
        self, names: Sequence[str], organisation: str, country: str, city: str, rng: Random
    ) -> str:
        """A key and a certificate for some names or addresses, as one PEM text."""
        key = self._keys[rng.randrange(len(self._keys))]
        begin = dt.datetime.now(dt.UTC) - dt.timedelta(
            days=rng.randint(1, 300), seconds=rng.randint(0, 86399)
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(names[0], organisation, country, city))
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + dt.timedelta(days=rng.choice((365, 397, 825, 3650))))
            .add_extension(
                x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
            )
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM).decode()


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
