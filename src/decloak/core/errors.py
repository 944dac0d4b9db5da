"""The error tree. Each class knows its exit code, its HTTP status and whose fault it is.

DecloakError            1  500   anything decloak raises on purpose
├── InputError          2  422   the caller's text, flag or file is at fault
│   ├── UnreadableError 2  422   a file is missing, forbidden, or a directory loop
│   ├── BinaryError     2  415   the bytes are not text
│   ├── SettingsError   2  422   an unknown name or a value out of range
│   ├── StoreError      2  507   a store of raw runs is damaged or cannot be written
│   ├── ToolError       2  501   a program that is needed is missing or may not be used
│   └── ServiceError    2  502   a service refuses every request: wrong key, quota, unreachable
├── SpanError           1  500   an offset that cannot be: a bug in decloak
└── RegistryError       1  500   two components with one name, or a name nobody registered
"""

from __future__ import annotations

__all__ = [
    "BinaryError",
    "DecloakError",
    "InputError",
    "RegistryError",
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


class StoreError(InputError):
    """A store of raw runs is damaged or cannot be written; what it held before is intact."""

    http_status = 507


class ToolError(InputError):
    """A program is missing or may not be used; the message names the package or the right."""

    http_status = 501


class ServiceError(InputError):
    """A service refuses, and will refuse the next request too: wrong key, no credits left."""

    http_status = 502


class SpanError(DecloakError):
    """An offset that cannot be. Always a bug in decloak, never the caller's fault."""


class RegistryError(DecloakError):
    """Two components share a name, or a name was never registered."""
