"""Replies: what comes back, as the library's own types; the same for both clients."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from decloak.client.errors import ReachError, ReplyError, refusal
from decloak.core import errors
from decloak.core.alignment import Edit
from decloak.core.errors import DecloakError
from decloak.core.result import Failure
from decloak.core.serialise import load
from decloak.result import Result

if TYPE_CHECKING:
    import httpx

__all__ = [
    "DecodedText",
    "Lines",
    "checked",
    "decoded_of",
    "first",
    "object_of",
    "one_of",
    "outcome",
    "reached",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """What the decoders make of a text.

    Attributes:
        id: its name.
        text: the readable text.
        edits: what was changed, in places of the text as it was given.
        warnings: what to know.
    """

    id: str
    text: str
    edits: tuple[Edit, ...]
    warnings: tuple[str, ...]


class Lines:
    """Lines out of chunks of bytes; they end with LF alone, whatever else the text holds."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []

    def add(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the lines that a chunk ends."""
        first, *more = chunk.split(b"\n")
        self._rest.append(first)
        for each in more:
            yield b"".join(self._rest)
            self._rest = [each]

    def end(self) -> None:
        """Check that nothing is left.

        Raises:
            ReachError: when the answer broke off.
        """
        if any(self._rest):
            message = "the answer broke off in the middle of a line"
            raise ReachError(message)


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Turn what the network does into errors of the client.

    Raises:
        ReachError: when the service is not reached, or does not answer in time.
    """
    import httpx  # noqa: PLC0415 - whoever comes here has made a client

    try:
        yield
    except httpx.HTTPError as error:
        message = f"the service is not reached: {error or type(error).__name__}"
        raise ReachError(message) from error
    except httpx.InvalidURL as error:
        message = f"this is no address of a service: {error}"
        raise ReachError(message) from error


def checked(answer: httpx.Response) -> httpx.Response:
    """Return an answer that was read, if it is a success.

    Raises:
        ClientError: when the service refuses, or the answer is none of a service.
        DecloakError: the document's own error, as `decloak.extract` would raise it.
    """
    if answer.is_success:
        return answer
    try:
        said = answer.json()["error"]
        kind, message = str(said["type"]), str(said["message"])
    except (ValueError, KeyError, TypeError) as error:
        text = f"{answer.status_code} {answer.reason_phrase}, and no word of a decloak service"
        raise ReplyError(text, answer.status_code) from error
    if said.get("id") is not None:
        raise _own(kind, message)
    raise refusal(answer.status_code, kind, message)


def _own(kind: str, message: str) -> DecloakError:
    """Return the error of a document."""
    found: Any = getattr(errors, kind, DecloakError)
    return found(message) if issubclass(found, DecloakError) else DecloakError(message)


def object_of(line: str | bytes) -> dict[str, Any]:
    """Return an object of JSON.

    Raises:
        ReplyError: when it is none.
    """
    try:
        made = json.loads(line)
    except ValueError as error:
        made = error
    if not isinstance(made, dict):
        message = "the answer is no JSON of a decloak service"
        raise ReplyError(message)
    return made


def outcome(line: bytes, *, held: bool) -> Result | Failure:
    """Return what became of a document.

    Args:
        line: of JSON.
        held: whether what was held back was asked for.

    Raises:
        ReplyError: when the line is none of a service.
    """
    row = object_of(line)
    try:
        if "error" in row:
            said = row["error"]
            kind: Any = getattr(errors, said["type"], DecloakError)
            return Failure(row["id"], said["type"], said["message"], kind.exit_code)
        found = replace(load(row), has_held=held)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"the answer is no result of this version of decloak ({type(error).__name__})"
        raise ReplyError(message) from error
    return Result(**{each.name: getattr(found, each.name) for each in fields(found) if each.init})


def first(found: Result | Failure) -> Result:
    """Return a result.

    Raises:
        DecloakError: the document's own error.
    """
    if isinstance(found, Failure):
        raise _own(found.error, found.message)
    return found


def decoded_of(answer: httpx.Response) -> DecodedText:
    """Return what the decoders made of the one document of an answer.

    Raises:
        ReplyError: when the answer is none of a service.
    """
    row = one_of(answer)
    try:
        edits = tuple(
            Edit(
                each["start"], each["end"], each["after"], each["family"], each["decoder"],
                each["confidence"], each["reason"],
            )
            for each in row["edits"]
        )  # fmt: skip
        return DecodedText(row["id"], row["text"], edits, tuple(row["warnings"]))
    except (KeyError, TypeError, ValueError) as error:
        message = "the answer is none of this version of decloak"
        raise ReplyError(message) from error


def one_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the answer for one document.

    Raises:
        ReplyError: when the answer is none of a service.
    """
    found = object_of(answer.content).get("results")
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
        message = "the answer is none of a decloak service"
        raise ReplyError(message)
    return found[0]
