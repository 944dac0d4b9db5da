"""Folders: a model folder with another description, for the time of a measurement."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError

__all__ = ["described", "description"]

_NAME = "model.json"


def description(folder: Path) -> dict[str, Any]:
    """Return what a model folder says about itself.

    Raises:
        InputError: when it does not.
    """
    try:
        told: dict[str, Any] = json.loads((folder / _NAME).read_text("utf-8"))
    except (OSError, ValueError) as error:
        message = f"{folder / _NAME}: cannot be read: {error}"
        raise InputError(message) from error
    return told


@contextmanager
def described(folder: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[Path]:
    """Give a folder with the same files, whose description went through `change`."""
    told = change(description(folder))
    with tempfile.TemporaryDirectory(prefix="decloak-model-") as name:
        made = Path(name)
        for file in folder.iterdir():
            if file.is_file() and file.name != _NAME:
                (made / file.name).symlink_to(file.resolve())
        (made / _NAME).write_text(json.dumps(told), "utf-8")
        yield made
