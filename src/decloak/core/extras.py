"""Extras: advice where a library of an optional extra is missing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from decloak.core.errors import ToolError

__all__ = ["need_extra"]


@contextlib.contextmanager
def need_extra(extra: str) -> Iterator[None]:
    """Turn a missing library into advice.

    Args:
        extra: the extra that brings it (``llm``, ``train`` ...).

    Raises:
        ToolError: names the library and the extra.
    """
    try:
        yield
    except ImportError as error:
        message = f"{error.name or 'a library'} is not installed: pip install 'decloak[{extra}]'"
        raise ToolError(message) from error
