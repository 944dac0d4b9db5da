"""GGUF: a model file, run in this process by llama.cpp."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from decloak.core.errors import (
    ModelContextError,
    ModelError,
    ModelFileError,
    ModelReplyError,
    ModelRequestError,
    ModelTimeoutError,
)
from decloak.core.extras import need_extra
from decloak.core.threads import threads_wanted
from decloak.llm.base import Finish, Reply, Request, Usage, estimate_tokens
from decloak.llm.checked import endless
from decloak.llm.gguf_prefix import Prefixes, Read
from decloak.llm.plain import as_turns

__all__ = ["GgufModel"]

_MAGIC = b"GGUF"
_LOOK = 64
"""Tokens between two looks for a reply that repeats itself."""
_WAY = 2
"""Raised when the same model and request may get another reply than before."""
_SOCKET, _LONGEST_PLACE = "llama.sock", 100
"""Name of the socket, by whose end llama.cpp tells it from a host, and bytes of a path that fit."""
_LONGEST_START, _PAUSE = 30.0, 0.01
"""Seconds until llama.cpp answers, at most, and between two looks."""
_KEPT_MIB = 512
"""Memory for the states of prompts that were read before, at most."""


class GgufModel:
    """A model in a GGUF file. It is loaded by the first request, and only then.

    No other process can reach it: it listens at a socket of this machine's file system that nothing
    leads to, and at no address.

    Args:
        path: the file.
        context: tokens of prompt and reply together.
        threads: of the computation; None for DECLOAK_THREADS, else one per idle core.

    Raises:
        ToolError: when the extra ``llm`` is not installed.
        ModelFileError: when the file is missing, cannot be read, or does not begin like a model.
    """

    def __init__(self, path: Path, context: int = 8192, threads: int | None = None) -> None:
        with need_extra("llm"):
            import xllamacpp  # noqa: PLC0415 - an extra
        _begins_as_model(path)
        self._library = xllamacpp
        self._path, self.context = path, context
        self._threads = threads or threads_wanted()
        self.name = f"gguf:{path.name}"
        self._server: Any = None
        self._broken: str | None = None
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._prefixes = Prefixes()

    @property
    def identity(self) -> str:
        """Tell this file from another one of its name: its size and time, and how it is read."""
        try:
            facts = self._path.stat()
        except OSError:
            return ""
        return f"{facts.st_size}:{facts.st_mtime_ns}:{_WAY}"

    def complete(self, request: Request) -> Reply:
        """Let the model answer.

        Raises:
            ModelFileError: when the file is truncated or no model; the next request is told so
                without another try.
            ModelContextError: when the prompt does not fit.
            ModelTimeoutError: when the reply was not whole in time.
        """
        begin = time.monotonic()
        server, turns = self._open(), as_turns(request)
        body = {
            "messages": turns,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stop": list(request.stop),
            "seed": -1 if request.seed is None else request.seed & 0x7FFF_FFFF,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": request.name, "schema": request.schema, "strict": True},
            }
        reading = _Reading(begin + request.timeout if request.timeout else None)

        def send(fields: dict[str, Any]) -> Read | None:
            reading.reset()
            if not reading.late:
                self._send(server, body | fields, reading)
            return None if reading.error or reading.late else reading.read

        with self._turn:
            self._prefixes.ask(turns, send)
        return self._reply(reading, request, time.monotonic() - begin)

    def _send(self, server: Any, body: dict[str, Any], reading: _Reading) -> None:
        try:
            server.handle_chat_completions(body, reading.take)
        except ValueError as error:
            message = f"{self.name}: llama.cpp cannot use this schema or prompt ({error})"
            raise ModelRequestError(message[:400]) from None
        except RuntimeError as error:
            message = f"{self.name}: llama.cpp failed ({error})"
            raise ModelRequestError(message[:400]) from None

    def _reply(self, reading: _Reading, request: Request, seconds: float) -> Reply:
        if reading.error is not None:
            raise self._fault(reading.error)
        text = "".join(reading.parts)
        if reading.late:
            message = (
                f"{self.name}: no whole reply in {request.timeout:g} s; allow more time, less text "
                "or a smaller model"
            )
            raise ModelTimeoutError(message)
        if reading.finish is None and not reading.stuck:
            message = f"{self.name}: the reply ended without an end"
            raise ModelReplyError(message, "no reply", text)
        usage = reading.usage or Usage(self.count(request.text), len(reading.parts))
        finish = Finish.length if reading.stuck or reading.finish == "length" else Finish.stop
        return Reply(text, usage, seconds, finish, self._path.name)

    def _fault(self, error: dict[str, Any]) -> ModelError:
        said = str(error.get("message", ""))[:240]
        if error.get("type") == "exceed_context_size_error":
            return ModelContextError(
                f"{self.name}: {said}; send less at a time or set a larger context"
            )
        return ModelRequestError(f"{self.name}: {said}")

    def _open(self) -> Any:
        with self._lock:
            if self._broken:
                raise ModelFileError(self._broken)
            if self._server is None:
                try:
                    self._server, self._prefixes = self._load(), Prefixes()
                except ModelFileError as error:
                    self._broken = str(error)
                    raise
            return self._server

    def _load(self) -> Any:
        wanted = self._library.CommonParams()
        wanted.model.path = str(self._path)
        wanted.n_ctx, wanted.n_parallel = self.context, 1
        wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = self._threads
        wanted.warmup, wanted.verbosity = False, 0
        # Every prompt goes on from the state that fits it best, not from the last one that will do.
        wanted.cache_ram_mib, wanted.slot_prompt_similarity = _KEPT_MIB, 0.0
        # Should anybody reach it all the same, nobody has the key.
        wanted.api_keys, wanted.ui, wanted.endpoint_slots = [secrets.token_hex(16)], False, False
        wanted.n_threads_http = 1
        try:
            with _unreachable() as place:
                if place is not None:
                    wanted.hostnames = [place]
                server = self._library.Server(wanted)
                if place is not None:
                    _await_service(place)
                return server
        except RuntimeError:
            message = (
                f"{self._path}: llama.cpp cannot load it; it is truncated, of an unknown kind, or "
                "too large for the memory: fetch it again or take a smaller one"
            )
            raise ModelFileError(message) from None

    def count(self, text: str) -> int:
        """Return an estimate of the tokens, without loading the model."""
        return estimate_tokens(text)

    def close(self) -> None:
        """Free the model's memory."""
        with self._lock:
            self._server = None


def _begins_as_model(path: Path) -> None:
    """Look at the first bytes of a model file.

    Raises:
        ModelFileError: when they cannot be read, or are those of something else.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        message = f"{path}: no model file can be read: {error.strerror}; check the path"
        raise ModelFileError(message) from error
    if magic != _MAGIC:
        message = f"{path} is no GGUF file: it does not begin with {_MAGIC.decode()}"
        raise ModelFileError(message)


@contextmanager
def _unreachable() -> Iterator[str | None]:
    """Yield where llama.cpp, which must listen somewhere, listens: at a name that is gone right after.

    None where there is no such place (Windows; no temporary folder): it then listens on the loopback
    address.
    """
    with ExitStack() as stack:
        place = None
        if hasattr(socket, "AF_UNIX"):
            with suppress(OSError):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="decloak-"))
                place = f"{folder}/{_SOCKET}"
                if len(os.fsencode(place)) > _LONGEST_PLACE:
                    # Linux has a short name for a folder that is open.
                    handle = os.open(folder, os.O_RDONLY)
                    stack.callback(os.close, handle)
                    short = Path(f"/proc/self/fd/{handle}")
                    place = f"{short}/{_SOCKET}" if short.is_dir() else None
        yield place


def _await_service(place: str) -> None:
    """Wait until llama.cpp answers at a socket: one that is let go before it serves is never done closing."""
    end = time.monotonic() + _LONGEST_START
    while time.monotonic() < end:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            client.connect(place)
            client.sendall(b"GET /health HTTP/1.0\r\n\r\n")
            if client.recv(1):
                return
        time.sleep(_PAUSE)


class _Reading:
    """Takes the pieces of a reply as they come, and says when to stop."""

    def __init__(self, end: float | None) -> None:
        self._end = end
        self.reset()

    def reset(self) -> None:
        """Begin a new reply; the time goes on."""
        self.parts: list[str] = []
        self.finish: str | None = None
        self.usage: Usage | None = None
        self.error: dict[str, Any] | None = None
        self.read: Read | None = None
        self.late, self.stuck = self._is_over(), False

    def _is_over(self) -> bool:
        return self._end is not None and time.monotonic() > self._end

    def take(self, piece: dict[str, Any]) -> bool:
        """Take one piece; return whether generation is to stop."""
        if "error" in piece:
            self.error = piece["error"]
            return True
        for choice in piece.get("choices", ()):
            self.parts.append(choice["delta"].get("content") or "")
            self.finish = choice.get("finish_reason") or self.finish
        if "timings" in piece:
            self.read = Read(piece["timings"]["cache_n"], piece["timings"]["prompt_n"])
        if "usage" in piece:
            told = piece["usage"]
            self.usage = Usage(told["prompt_tokens"], told["completion_tokens"])
        if self.finish is None:
            self.late = self._is_over()
            if len(self.parts) % _LOOK == 0:
                self.stuck = endless("".join(self.parts))
        return self.late or self.stuck
