"""Extra: what the extra ``llm`` brings, and advice where it is missing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from decloak.core.errors import ToolError

__all__ = ["need_extra"]


@contextlib.contextmanager
def need_extra() -> Iterator[None]:
    """Turn a missing library into advice.

    Raises:
        ToolError: names the extra.
    """
    try:
        yield
    except ImportError as error:
        message = f"{error.name or 'a library'} is not installed: pip install 'decloak[llm]'"
        raise ToolError(message) from error
