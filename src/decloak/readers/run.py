"""Run: one execution of a tool, or one request to an API, with everything it printed; a line of a store."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from decloak.core.document import Document
from decloak.core.errors import StoreError
from decloak.core.result import Failure
from decloak.core.source_map import Anchors
from decloak.readers.encoding import decode_bytes
from decloak.readers.files import failure

__all__ = ["TOOLS", "Run", "from_line", "is_run", "now", "run_documents", "run_id", "to_line"]

TOOLS = ("nmap", "dig", "whois", "rdap", "shodan")
"""Names of the tools; each has a file of its own in a store."""


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def run_id(tool: str, command: tuple[str, ...]) -> str:
    """Return the first 16 hex digits of SHA-256 over the tool and its arguments, with NUL between.

    For an API the command is the method and the URL, without the key.
    """
    return hashlib.sha256("\0".join((tool, *command)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution, never interpreted.

    Attributes:
        tool: one of `TOOLS`.
        version: what the tool calls its version; None where it does not tell.
        profile: the named set of options, or the layout.
        target: what was asked about: a host, a network, a domain, a search.
        command: the arguments, the program's name first; for an API the method and the URL.
        started: ISO 8601, UTC.
        seconds: how long it ran; at least 0.
        exit_status: of the process (negative: the signal that ended it), or the HTTP status; None
            when it never ran to an end.
        error: one line that says what failed; None when the run is good.
        outputs: name -> bytes exactly as they came. ``stdout`` and ``stderr``; nmap: ``normal``,
            ``xml``, ``grepable``; dig: ``stdout`` and its twin ``yaml``; APIs: ``json``.
        truncated: names of the outputs that were cut at a limit.
        meta: further facts about the run: which server, which record type.
    """

    tool: str
    version: str | None
    profile: str
    target: str
    command: tuple[str, ...]
    started: str
    seconds: float
    exit_status: int | None = None
    error: str | None = None
    outputs: Mapping[str, bytes] = field(default_factory=dict)
    truncated: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.tool not in TOOLS:
            message = f"{self.tool!r} is no tool of a store; known: {', '.join(TOOLS)}"
            raise StoreError(message)
        if not self.command:
            message = f"a run of {self.tool} without a command"
            raise StoreError(message)

    @property
    def id(self) -> str:
        """Sixteen hex digits; the same tool with the same arguments has the same id."""
        return run_id(self.tool, self.command)

    def text(self, name: str) -> str:
        """Return an output as `decloak extract` would read it; empty where there is none.

        Raises:
            InputError: when it holds millions of invalid bytes.
        """
        return decode_bytes(self.outputs.get(name, b"")).text


class _Line(BaseModel):
    """The shape of one line of a store."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    tool: str
    version: str | None
    profile: str
    target: str
    command: Annotated[list[str], Field(min_length=1)]
    started: str
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    exit_status: int | None
    error: str | None
    outputs: dict[str, dict[str, str]]
    truncated: list[str]
    meta: dict[str, str]


def to_line(run: Run) -> bytes:
    """Write a run as one line of JSON, with its line end.

    Raises:
        StoreError: when a value outside the outputs is not Unicode (a lone surrogate).
    """
    fields: dict[str, Any] = {
        "id": run.id,
        "tool": run.tool,
        "version": run.version,
        "profile": run.profile,
        "target": run.target,
        "command": list(run.command),
        "started": run.started,
        "seconds": run.seconds,
        "exit_status": run.exit_status,
        "error": run.error,
        "outputs": {name: _wrap(data) for name, data in run.outputs.items()},
        "truncated": list(run.truncated),
        "meta": dict(run.meta),
    }
    try:
        return json.dumps(fields, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except ValueError as error:
        message = f"a run of {run.tool} on {run.target!r} cannot be stored: {error}"
        raise StoreError(message) from error


def from_line(line: bytes) -> Run:
    """Read a line that `to_line` wrote.

    Raises:
        StoreError: when it is no such line; the message says what is wrong with it.
    """
    try:
        row = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        message = f"{where}: {first['msg']}"
        raise StoreError(message) from error
    run = Run(
        tool=row.tool,
        version=row.version,
        profile=row.profile,
        target=row.target,
        command=tuple(row.command),
        started=row.started,
        seconds=row.seconds,
        exit_status=row.exit_status,
        error=row.error,
        outputs={name: _unwrap(name, data) for name, data in row.outputs.items()},
        truncated=tuple(row.truncated),
        meta=row.meta,
    )
    if run.id != row.id:
        message = f"id: {row.id!r} is not the id of this command ({run.id})"
        raise StoreError(message)
    return run


_TOLD_BEST = ("xml", "json", "normal", "stdout", "yaml", "grepable")
"""Names of outputs, the one that tells most before the others that tell the same."""


def is_run(row: Mapping[str, Any]) -> bool:
    """Whether a parsed line is one that `to_line` wrote, by its keys."""
    return row.keys() == _Line.model_fields.keys()


def run_documents(line: bytes, number: int) -> Iterator[Document | Failure]:
    """Yield what a run printed as a document of its tool: of several layouts of one answer, the fullest.

    Its id is ``tool/run/output``. A run that failed is a Failure beside whatever it printed; a last
    line that was torn is nothing.

    Args:
        line: as it stands in the store.
        number: its number in the file, from 1.

    Raises:
        StoreError: when the line is damaged.
    """
    if not line.endswith(b"\n"):  # a writer died in it
        return
    run = from_line(line)
    name = f"{run.tool}/{run.id}"
    if run.error is not None:
        yield failure(name, f"the run failed: {run.error}")
    told = [each for each in _TOLD_BEST if run.outputs.get(each, b"").strip()]
    if not told:
        return
    output = next((each for each in told if each not in run.truncated), told[0])
    read = decode_bytes(run.outputs[output])
    cut = (f"{output} was cut at a limit when it was stored",) if output in run.truncated else ()
    yield Document(
        id=f"{name}/{output}",
        text=read.text,
        source=run.tool,
        warnings=(*read.warnings, *cut),
        source_map=Anchors([0], [{"line": number, "output": output}]),
    )


def _wrap(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _unwrap(name: str, data: dict[str, str]) -> bytes:
    match data:
        case {"text": text, **rest} if not rest:
            return text.encode()
        case {"base64": text, **rest} if not rest:
            try:
                return base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                message = f"outputs.{name}: not base64"
                raise StoreError(message) from error
    message = f'outputs.{name}: neither {{"text": ...}} nor {{"base64": ...}}'
    raise StoreError(message)
