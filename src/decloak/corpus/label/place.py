"""Place: put the twin's values where they stand in the text.

The labels must not be decloak's own predictions, so nothing here uses the grammars of
`decloak.sources` or the proposers of `decloak.tag`. A value comes from a machine-readable twin of
the same run; its place is found inside the line, the cell or the record that the twin names.
"""

from __future__ import annotations

import ipaddress
import re

from decloak.corpus.sample import Label

__all__ = ["Placer", "canonical", "name_label"]

_ADDRESS = re.compile(r"^[0-9A-Fa-f:.]{2,45}(%\w+)?$")


def canonical(label: str, text: str) -> str:
    """Return the canonical value as `core/labels.py` describes it, as far as spelling goes."""
    if label in {"DOMAIN", "HOSTNAME", "SERVICE", "PROTOCOL", "STATE", "STATUS", "HASH"}:
        return text.lower().rstrip(".")
    if label == "MAC_ADDRESS":
        return text.lower().replace("-", ":")
    if label == "IP_ADDRESS":
        return address(text) or text
    if label == "EMAIL":
        user, _, host = text.rpartition("@")
        return f"{user}@{host.lower()}"
    if label in {"CVE", "TECHNIQUE", "ASN"}:
        return text.upper()
    if label == "CIDR":
        try:
            return str(ipaddress.ip_network(text.replace(" ", ""), strict=False))
        except ValueError:
            return re.sub(r"\s*-\s*", "-", text)
    return text


def address(text: str) -> str | None:
    """Return the RFC 5952 form of an address, or None when it is none."""
    if not _ADDRESS.match(text):
        return None
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def name_label(name: str) -> str:
    """DOMAIN for a name with a dot (the root dot aside), HOSTNAME for one without, '' for none."""
    bare = name.rstrip(".")
    if not bare or any(char.isspace() for char in bare):
        return ""
    if address(bare):
        return "IP_ADDRESS"
    return "DOMAIN" if "." in bare else "HOSTNAME"


class Placer:
    """Collects the labels of one text.

    Args:
        text: the text.
        twin: what the values come from, for the provenance.
    """

    def __init__(self, text: str, twin: str) -> None:
        self.text = text
        self.twin = twin
        self._labels: list[Label] = []
        self._taken = bytearray(len(text))

    def put(
        self, start: int, end: int, label: str, field: str, how: str, value: str | None = None
    ) -> int:
        """Label a range that the caller has found; return its end.

        White space at the ends is cut; of two labels that overlap, the first one stays.
        """
        surface = self.text[start:end]
        start += len(surface) - len(surface.lstrip())
        end -= len(surface) - len(surface.rstrip())
        if start < end and label and self.free(start, end):
            self._taken[start:end] = b"\1" * (end - start)
            meant = canonical(label, self.text[start:end]) if value is None else value
            provenance = f"{self.twin}:{field}@{how}"
            self._labels.append(Label(start, end, label, meant, provenance))
        return end

    def seek(
        self, value: str, label: str, field: str, low: int, high: int, how: str = "line"
    ) -> int | None:
        """Label the first whole occurrence of a value in [low, high); return its end, or None."""
        found = self.find(value, low, high)
        return None if found is None else self.put(found, found + len(value), label, field, how)

    def find(self, value: str, low: int, high: int) -> int | None:
        """Return where a value stands whole in [low, high): no letter or digit goes on at its ends."""
        start = self.text.find(value, low, high) if value else -1
        while start >= 0:
            if self.whole(start, start + len(value)):
                return start
            start = self.text.find(value, start + 1, high)
        return None

    def whole(self, start: int, end: int) -> bool:
        """Whether neither end of a range cuts a word or a number."""
        text = self.text
        before = text[start - 1] if start else " "
        after = text[end] if end < len(text) else " "
        return not (before.isalnum() and text[start].isalnum()) and not (
            after.isalnum() and text[end - 1].isalnum()
        )

    def name(self, start: int, end: int, field: str, how: str) -> int:
        """Label a DNS name, a bare host name or an address, without the root dot; return the end."""
        stop = end - 1 if self.text[start:end].endswith(".") else end
        self.put(start, stop, name_label(self.text[start:stop]), field, how)
        return end

    def free(self, start: int, end: int) -> bool:
        """Whether no label overlaps a range yet."""
        return not any(self._taken[start:end])

    def labels(self) -> tuple[Label, ...]:
        """Return the labels in order."""
        return tuple(sorted(self._labels))
