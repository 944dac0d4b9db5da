"""decloak: security entities in tool output and threat reports, also when they are disguised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decloak.core.document import Document
    from decloak.core.entity import Entity
    from decloak.core.result import Failure, Result
    from decloak.options import Settings
    from decloak.pipeline import Pipeline, extract

__version__ = "0.1.0"

__all__ = [
    "Document",
    "Entity",
    "Failure",
    "Pipeline",
    "Result",
    "Settings",
    "__version__",
    "extract",
]

# Loaded on first use: `import decloak` stays far below its budget of 150 ms.
_HOMES = {
    "Document": "decloak.core.document",
    "Entity": "decloak.core.entity",
    "Failure": "decloak.core.result",
    "Pipeline": "decloak.pipeline",
    "Result": "decloak.core.result",
    "Settings": "decloak.options",
    "extract": "decloak.pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module 'decloak' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - only when something is first used

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
