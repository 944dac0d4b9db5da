"""``python -m decloak.kb.build [--check]``: write the packs, or say whether they are what would be written."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from decloak.core.errors import DecloakError
from decloak.kb.build.attack import attack_packs
from decloak.kb.build.draft import Draft
from decloak.kb.build.galaxies import add_galaxies
from decloak.kb.build.names import NameRows
from decloak.kb.build.organizations import organization_pack
from decloak.kb.build.ranges import range_pack
from decloak.kb.build.vendors import vendor_pack

__all__ = ["COMMAND", "FOLDER", "differences", "drafts", "main", "write"]

COMMAND = "python -m decloak.kb.build"
FOLDER = Path(__file__).parents[1] / "packs"


def drafts() -> list[Draft]:
    """Return all packs, made anew from the pinned packages.

    Raises:
        ToolError: when a package is missing or has another version.
    """
    names = NameRows()
    things, relations = attack_packs(names)
    add_galaxies(names)
    vendors, ranges = vendor_pack(), range_pack()
    return [things, relations, names.draft, vendors, ranges, organization_pack(vendors, ranges)]


def write(made: list[Draft], folder: Path) -> None:
    """Write packs and manifest."""
    entries = {}
    for draft in made:
        packed, entries[draft.name] = draft.written()
        (folder / f"{draft.name}.tsv.gz").write_bytes(packed)
    manifest = {"command": COMMAND, "packs": dict(sorted(entries.items()))}
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, "utf-8")


def differences(made: list[Draft], folder: Path) -> list[str]:
    """Return what of a folder is not what would be written, one line each."""
    stored = json.loads((folder / "manifest.json").read_text("utf-8"))["packs"]
    wrong = [f"{name}: no longer built" for name in stored.keys() - {each.name for each in made}]
    for draft in made:
        _, entry = draft.written()
        kept = stored.get(draft.name, {})
        if {**kept, "sha256": ""} != {**entry, "sha256": ""}:
            wrong.append(f"{draft.name}: the manifest differs from what would be written")
        path = folder / f"{draft.name}.tsv.gz"
        if not path.is_file() or gzip.decompress(path.read_bytes()) != draft.content():
            wrong.append(f"{draft.name}: the rows differ from what would be written")
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the packs, or check them; return 0 where all is well."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the packs lie")
    options = parser.parse_args(arguments)
    try:
        made = drafts()
    except DecloakError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    if options.check:
        wrong = differences(made, options.folder)
        sys.stderr.writelines(f"{line}\n" for line in wrong)
        return 1 if wrong else 0
    write(made, options.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
