"""The error tree. Each class knows its exit code, its HTTP status and whose fault it is.

DecloakError            1  500   anything decloak raises on purpose
├── InputError          2  422   the caller's text, flag or file is at fault
│   ├── UnreadableError 2  422   a file is missing, forbidden, or a directory loop
│   ├── BinaryError     2  415   the bytes are not text
│   ├── SettingsError   2  422   an unknown name or a value out of range
│   ├── ArgumentError   2  422   a value of the wrong type was passed in Python; a TypeError, too
│   ├── OutputError     2  507   the output cannot be written: disk full, forbidden
│   ├── StoreError      2  507   a store of raw runs is damaged or cannot be written
│   ├── KnowledgeError  2  422   a file of knowledge is damaged, or of no format that is known
│   ├── ToolError       2  501   a program that is needed is missing or may not be used
│   └── ServiceError    2  502   a service refuses every request: wrong key, quota, unreachable
├── ModelError          2  502   a language model gave no reply that can be used; `cause` names why
│   ├── ModelAccessError     2  502   the key is missing, wrong or may not do this
│   ├── ModelNameError       2  502   the server knows no model of this name
│   ├── ModelRequestError    2  502   the server refuses this request, and would again
│   ├── ModelContextError    2  502   prompt and reply do not fit the model's context
│   ├── ModelFileError       2  502   a model file is missing, truncated or no model; a tagger's, too
│   ├── ModelLimitError      2  502   the limit of tokens or money is reached
│   ├── ModelBusyError       2  503   too many requests, or overloaded; `retry_after` if it says
│   ├── ModelServerError     2  502   the server failed
│   ├── ModelReachError      2  502   there is no server, or the connection broke
│   ├── ModelTimeoutError    2  504   no whole reply in time
│   └── ModelReplyError      2  502   empty, cut off, repeating, no JSON, outside the schema
├── ResourceError       1  500   memory ran out; the message says how to ask for less
├── SpanError           1  500   an offset that cannot be: a bug in decloak
└── RegistryError       1  500   two components with one name, or a name nobody registered
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "BinaryError",
    "DecloakError",
    "InputError",
    "KnowledgeError",
    "ModelAccessError",
    "ModelBusyError",
    "ModelContextError",
    "ModelError",
    "ModelFileError",
    "ModelLimitError",
    "ModelNameError",
    "ModelReachError",
    "ModelReplyError",
    "ModelRequestError",
    "ModelServerError",
    "ModelTimeoutError",
    "OutputError",
    "RegistryError",
    "ResourceError",
    "ServiceError",
    "SettingsError",
    "SpanError",
    "StoreError",
    "ToolError",
    "UnreadableError",
]


class DecloakError(Exception):
    """Root of every error decloak raises on purpose."""

    exit_code: int = 1
    http_status: int = 500


class InputError(DecloakError):
    """The caller's text, flag or file is at fault; the message says how to put it right."""

    exit_code = 2
    http_status = 422


class UnreadableError(InputError):
    """A path is missing, forbidden, or leads back to itself."""


class BinaryError(InputError):
    """The bytes are not text: decloak reads text only."""

    http_status = 415


class SettingsError(InputError):
    """A setting names something unknown or lies outside its range."""


class ArgumentError(InputError, TypeError):
    """A value of the wrong type was passed to a function; the message says what to pass."""


class OutputError(InputError):
    """The output, or what passes on the way to it, cannot be written: the disk is full, or forbids it."""

    http_status = 507


class StoreError(InputError):
    """A store of raw runs is damaged or cannot be written; what it held before is intact."""

    http_status = 507


class KnowledgeError(InputError):
    """A file to be added to the knowledge base is damaged, cut short, or of no known format; nothing was added."""


class ToolError(InputError):
    """A program is missing or may not be used; the message names the package or the right."""

    http_status = 501


class ServiceError(InputError):
    """A service refuses, and will refuse the next request too: wrong key, no credits left."""

    http_status = 502


class ModelError(DecloakError):
    """A language model gave no reply that can be used; the message says what to do.

    Attributes:
        cause: a short fixed name of what went wrong, to count by.
        passing: whether the same request may well succeed a little later.
        retry_after: seconds that the server asks us to wait, or None.
    """

    exit_code = 2
    http_status = 502
    cause = "failed"
    passing = False
    retry_after: float | None = None


class ModelAccessError(ModelError):
    """The key is missing, wrong, or does not allow this (HTTP 401, 403; credits used up)."""

    cause = "access"


class ModelNameError(ModelError):
    """The server knows no model of this name, or speaks another protocol (HTTP 404)."""

    cause = "no such model"


class ModelRequestError(ModelError):
    """The server refuses this request and would refuse it again (another HTTP 4xx)."""

    cause = "refused request"


class ModelContextError(ModelError):
    """Prompt and reply together do not fit the context of the model."""

    cause = "context overflow"


class ModelFileError(ModelError):
    """A model file is missing, forbidden, truncated, or no model."""

    cause = "model file"


class ModelLimitError(ModelError):
    """The limit of tokens or money for this run is reached; nothing more is sent."""

    cause = "spending limit"


class ModelBusyError(ModelError):
    """Too many requests, or the server is overloaded (HTTP 429, 503, 529)."""

    http_status = 503
    cause = "busy"
    passing = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelServerError(ModelError):
    """The server failed (another HTTP 5xx)."""

    cause = "server error"
    passing = True


class ModelReachError(ModelError):
    """There is no server at this address, or the connection broke."""

    cause = "unreachable"
    passing = True


class ModelTimeoutError(ModelError):
    """There was no whole reply in time."""

    http_status = 504
    cause = "timeout"
    passing = True


class ModelReplyError(ModelError):
    """The model answered with something that cannot be used.

    Attributes:
        cause: ``empty reply``, ``cut off``, ``repetition``, ``not JSON``, ``outside the schema``,
            ``declined`` or ``no reply`` (the server spoke another protocol).
        reply: what it said; it may hold text of an attacker.
    """

    def __init__(self, message: str, cause: str = "no reply", reply: str = "") -> None:
        super().__init__(message)
        self.cause, self.reply = cause, reply


class ResourceError(DecloakError):
    """Memory ran out. What was done is kept; the message says how to go on with less."""


class SpanError(DecloakError):
    """An offset that cannot be. Always a bug in decloak, never the caller's fault."""


class RegistryError(DecloakError):
    """Two components share a name, or a name was never registered."""
