"""Packs: the tables that decloak carries, with where each came from.

``manifest.json`` says of every pack its file, its rows, the SHA-256 of its bytes and, of every source in it, the
package, version, licence and the digests of the files that were read. `decloak.kb.build` writes all of it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from decloak.core.errors import StoreError
from decloak.kb.table import Table

__all__ = ["Pack", "Source", "pack", "packs", "read_manifest", "source_of", "verify_packs"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows of a pack come from.

    Attributes:
        name: as links name it (``MITRE ATT&CK Enterprise``).
        version: of the data themselves where they have one.
        package: the pinned package that was read, ``name==version``.
        licence: of the data, as an SPDX expression where there is one.
        files: path within the package -> SHA-256, in hex.
    """

    name: str
    version: str
    package: str
    licence: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pack:
    """One table that is shipped.

    Attributes:
        name: ``names``, ``attack`` ...
        about: what a row is.
        columns: names of the cells.
        rows: how many.
        sha256: of the packed file, in hex.
        content_sha256: of what it unpacks to: packing may differ between versions of zlib, this may not.
        sources: code, as it stands in the rows -> source.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    content_sha256: str
    sources: Mapping[str, Source]

    @property
    def file(self) -> str:
        """The name of the packed file."""
        return f"{self.name}.tsv.gz"


def read_manifest(text: str) -> dict[str, Pack]:
    """Return the packs that a manifest names."""
    return {
        name: Pack(
            name,
            entry["about"],
            tuple(entry["columns"]),
            entry["rows"],
            entry["sha256"],
            entry["content_sha256"],
            {code: Source(**source) for code, source in entry["sources"].items()},
        )
        for name, entry in json.loads(text)["packs"].items()
    }


@cache
def packs() -> Mapping[str, Pack]:
    """Return all packs by name."""
    return read_manifest((files("decloak.kb.packs") / "manifest.json").read_text("utf-8"))


@cache
def pack(name: str) -> Table:
    """Return the table of a pack; it is unpacked once a process.

    Raises:
        KeyError: when there is no such pack.
        StoreError: when its file is damaged.
    """
    found = packs()[name]
    try:
        return Table(gzip.decompress((files("decloak.kb.packs") / found.file).read_bytes()))
    except (OSError, EOFError) as error:
        message = f"the pack {found.file} is damaged ({error}); install decloak again"
        raise StoreError(message) from error


@cache
def source_of(code: str) -> Source:
    """Return the source that rows name by this code.

    Raises:
        KeyError: when no pack has it.
    """
    return next(each.sources[code] for each in packs().values() if code in each.sources)


def verify_packs() -> list[str]:
    """Return what is amiss with the packs, one line each: none where every checksum holds."""
    wrong: list[str] = []
    for each in packs().values():
        path = files("decloak.kb.packs") / each.file
        if not path.is_file():
            wrong.append(f"{each.file}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != each.sha256:
            wrong.append(f"{each.file}: the checksum differs from the manifest's")
    return wrong
