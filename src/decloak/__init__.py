"""decloak: security entities in tool output and threat reports, also when they are disguised."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decloak.api import extract
    from decloak.core.document import Document
    from decloak.core.entity import Entity, Link, Status, Verdict
    from decloak.core.errors import DecloakError
    from decloak.core.labels import LabelGroup
    from decloak.core.records import (
        Answer,
        Contact,
        Domain,
        Field,
        Host,
        Network,
        Port,
        Query,
        Record,
        Scan,
        Script,
    )
    from decloak.core.result import Failure
    from decloak.options import Settings
    from decloak.pipeline import Pipeline
    from decloak.result import Result

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Contact",
    "DecloakError",
    "Document",
    "Domain",
    "Entity",
    "Failure",
    "Field",
    "Host",
    "LabelGroup",
    "Link",
    "Network",
    "Pipeline",
    "Port",
    "Query",
    "Record",
    "Result",
    "Scan",
    "Script",
    "Settings",
    "Status",
    "Verdict",
    "__version__",
    "extract",
]

# Loaded on first use: `import decloak` stays far below its budget of 150 ms.
_HOMES = {
    "DecloakError": "decloak.core.errors",
    "Document": "decloak.core.document",
    "Entity": "decloak.core.entity",
    "Failure": "decloak.core.result",
    "LabelGroup": "decloak.core.labels",
    "Link": "decloak.core.entity",
    "Pipeline": "decloak.pipeline",
    "Result": "decloak.result",
    "Settings": "decloak.options",
    "Status": "decloak.core.entity",
    "Verdict": "decloak.core.entity",
    "extract": "decloak.api",
    **dict.fromkeys(
        ("Answer", "Contact", "Domain", "Field", "Host", "Network", "Port", "Query", "Record",
         "Scan", "Script"),
        "decloak.core.records",
    ),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module 'decloak' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - only when something is first used

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
