from __future__ import annotations

import pytest

from decloak.core.errors import ToolError
from decloak.core.extras import need_extra


def test_a_missing_library_is_named_with_its_extra() -> None:
    with pytest.raises(ToolError, match=r"no_such_library .*decloak\[train\]"), need_extra("train"):
        __import__("no_such_library")


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), need_extra("train"):
        raise KeyError
