"""Extras: the libraries of the extra ``corpus``, or an error that names it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from decloak.core.errors import SettingsError

__all__ = ["need"]


def need(module: str) -> Any:
    """Import an optional library.

    Raises:
        SettingsError: when it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        message = (
            f"{module.partition('.')[0]} is not installed; the corpus needs the extra `corpus`: "
            'pip install "decloak[corpus]"'
        )
        raise SettingsError(message) from error
