"""Manifest: what a run is, so that it can be gone on with and checked by whoever finds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from decloak.batch.files import Folder, digest_of, written
from decloak.batch.parts import ending
from decloak.batch.pieces import pieces_of, to_line
from decloak.batch.places import stamp_of
from decloak.batch.plan import plan
from decloak.batch.recipe import Recipe, differences, made_with
from decloak.core.errors import InputError, SettingsError, StoreError

__all__ = ["FORMAT", "Manifest", "begin", "opened", "require_same", "require_unchanged"]

FORMAT = 1
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Manifest:
    """One run.

    Attributes:
        inputs: as the user named them.
        recipe: what is done to every document, as JSON values.
        made_with: versions and digests (`decloak.batch.recipe.made_with`).
        shards: in the plan.
        pieces: files and stretches of files in all shards.
        read: bytes of all pieces.
        plan: SHA-256 of the plan.
        format: of this folder.
    """

    inputs: tuple[str, ...]
    recipe: dict[str, Any]
    made_with: dict[str, str]
    shards: int
    pieces: int
    read: int
    plan: str
    format: int = FORMAT

    @property
    def ending(self) -> str:
        """How the names of the parts end."""
        return ending(Recipe(**self.recipe))


def begin(folder: Folder, inputs: tuple[str, ...], recipe: Recipe) -> Manifest:
    """Plan a run and write its plan and its manifest; with the second it is begun.

    Raises:
        InputError: when there is nothing to read.
        OutputError: when it cannot be written.
    """
    shards = count = read = 0

    def lines() -> Iterator[bytes]:
        nonlocal shards, count, read
        for pieces in plan(inputs, recipe, folder.path):
            yield to_line(shards, pieces).encode("ascii")
            shards += 1
            count += len(pieces)
            read += sum(piece.size for piece in pieces)

    written(folder.plan, lambda stream: stream.writelines(lines()))
    if not shards:
        message = f"no file to read in {' '.join(inputs)}; name a file that exists"
        raise InputError(message)
    made, plan_digest = made_with(recipe), digest_of(folder.plan)
    manifest = Manifest(inputs, recipe.dump(), made, shards, count, read, plan_digest)
    folder.write_json(folder.manifest, asdict(manifest))
    return manifest


def opened(folder: Folder) -> Manifest:
    """Read the manifest of a run, and check that the plan is its own.

    Raises:
        StoreError: when there is none, or it is damaged.
    """
    try:
        state = json.loads(folder.manifest.read_bytes())
        if state.get("format") != FORMAT:
            message = (
                f"{folder.path}: a run of format {state.get('format')}; this decloak reads {FORMAT}"
            )
            raise StoreError(message)
        manifest = Manifest(**state | {"inputs": tuple(state["inputs"])})
        Recipe(**manifest.recipe)
        same = digest_of(folder.plan) == manifest.plan
    except FileNotFoundError as error:
        message = f"{folder.path}: no run was begun here"
        raise StoreError(message) from error
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        message = f"{folder.manifest}: damaged: {error}"
        raise StoreError(message) from error
    if not same:
        message = f"{folder.plan}: damaged: it is not the plan of this run"
        raise StoreError(message)
    return manifest


def require_same(manifest: Manifest, inputs: tuple[str, ...], recipe: Recipe) -> None:
    """Refuse to go on with a run under other terms than it was begun under.

    Raises:
        SettingsError: names every term that differs.
    """
    new = {"inputs": list(inputs or manifest.inputs), "recipe": recipe.dump()}
    new |= {"made_with": made_with(recipe)}
    old = {
        "inputs": list(manifest.inputs),
        "recipe": manifest.recipe,
        "made_with": manifest.made_with,
    }
    found = list(differences(old, json.loads(json.dumps(new))))
    if found:
        message = (
            f"the run was begun otherwise: {'; '.join(found)}; use these terms, or another --out"
        )
        raise SettingsError(message)


def require_unchanged(folder: Folder) -> None:
    """Refuse to go on when an input is not what it was.

    Raises:
        InputError: names the first that changed, and how many did.
    """
    changed: list[str] = []
    count, last = 0, ("", "")
    for line in folder.shards():
        for piece in pieces_of(line)[1]:
            if (piece.path, piece.stamp) == last or not piece.stamp:
                continue
            last = piece.path, piece.stamp
            if stamp_of(piece.path) != piece.stamp:
                count += 1
                if len(changed) < _MOST_NAMED:
                    changed.append(piece.id)
    if count:
        more = f" and {count - len(changed)} more" if count > len(changed) else ""
        message = (
            f"inputs changed since the run was planned: {', '.join(changed)}{more}; put them back, "
            "or begin a new run in another --out"
        )
        raise InputError(message)
