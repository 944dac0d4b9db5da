"""Cached: the same request to the same model is paid for once.

One file per reply, named by a hash of model, prompt and parameters; the prompt itself is not kept.
Files appear whole or not at all, and one that was damaged is as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from decloak.core.errors import UnreadableError
from decloak.llm.base import ChatModel, Finish, Reply, Request, Usage
from decloak.llm.wrapper import Wrapper

__all__ = ["Cached"]

_VERSION = 1


class Cached(Wrapper):
    """Keeps replies in a folder. Threads and processes may share it.

    Args:
        inner: the model.
        folder: made when it is missing, for its owner alone: replies may quote what was asked.
        identity: what tells this model from others of its name, such as the size of its file.

    Raises:
        UnreadableError: when the folder cannot be made.
    """

    def __init__(self, inner: ChatModel, folder: Path, identity: str = "") -> None:
        super().__init__(inner)
        self._folder, self._identity = folder, identity
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"{folder}: no cache can be kept here: {error.strerror}"
            raise UnreadableError(message) from error

    def complete(self, request: Request) -> Reply:
        """Return the stored reply, or ask and store it."""
        if request.seed is None and request.temperature > 0:
            return self.inner.complete(request)  # every asking is meant to be a new sample
        key = _key(self.name + "\0" + self._identity, request)
        path = self._folder / key[:2] / f"{key}.json"
        reply = _read(path, key)
        if reply is None:
            reply = self.inner.complete(request)
            # A full disk costs the next run its cache, not this one its reply.
            with contextlib.suppress(OSError):
                _write(path, key, reply)
        return reply


def _key(model: str, request: Request) -> str:
    # The order of a schema's properties is the order in which they are written: no sorting.
    asked = [
        _VERSION,
        model,
        [[each.role, each.content] for each in request.messages],
        request.schema,
        request.name,
        request.seed,
        request.temperature,
        request.max_tokens,
        request.stop,
    ]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _check(key: str, row: Any) -> str:
    return hashlib.sha256((key + json.dumps(row)).encode()).hexdigest()


def _write(path: Path, key: str, reply: Reply) -> None:
    row = [
        reply.text,
        reply.usage.prompt_tokens,
        reply.usage.completion_tokens,
        reply.finish,
        reply.model,
    ]
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a descriptor
            json.dump({"reply": row, "check": _check(key, row)}, file)
            file.flush()
            os.fsync(descriptor)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read(path: Path, key: str) -> Reply | None:
    """Return a stored reply; None when there is none or its file is damaged."""
    try:
        stored = json.loads(path.read_text("ascii"))
        row = stored["reply"]
        if stored["check"] != _check(key, row):
            return None
        text, read, written, finish, model = row
        return Reply(text, Usage(read, written), 0.0, Finish(finish), model, cached=True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
