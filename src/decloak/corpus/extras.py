"""Extras: the libraries of the extra ``corpus``, or an error that names it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from decloak.core.extras import need_extra

__all__ = ["need"]


def need(module: str) -> Any:
    """Import an optional library.

    Raises:
        ToolError: when it is not installed.
    """
    with need_extra("corpus"):
        return import_module(module)
