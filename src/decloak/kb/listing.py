"""Listing: the packs and the datasets of the store, as text."""

from __future__ import annotations

from pathlib import Path

from decloak.kb.packs import packs
from decloak.kb.store.places import store_path
from decloak.kb.store.reading import the_store

__all__ = ["listing"]


def listing(chosen: Path | None = None) -> str:
    """Return one line per pack, per source of a pack and per dataset that was added.

    Args:
        chosen: the store; None for the user's own.

    Raises:
        StoreError: when the store cannot be read.
    """
    lines: list[str] = []
    for each in packs().values():
        lines.append(f"{each.name}: {each.about}, {each.rows} rows")
        lines += [
            f"    {source.name} {source.version} ({source.licence}; {source.package})"
            for source in each.sources.values()
        ]
    store = the_store(chosen)
    lines.append(
        f"store: {store_path(chosen) or 'none wanted'}" + ("" if store else ", nothing added yet")
    )
    for dataset in store.datasets() if store else ():
        version = f" {dataset.version}" if dataset.version else ""
        lines.append(
            f"    {dataset.kind}: {dataset.name}{version}, {dataset.rows} rows, from {dataset.path}, {dataset.added}"
        )
    return "\n".join(lines) + "\n"
