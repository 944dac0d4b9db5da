"""options: everything that can change an output, declared once.

`Settings` is a frozen value of nested groups. The command line, the configuration file, the environment, the
flat keywords of Python, the JSON Schema and the page of the docs are made from it.
"""

from __future__ import annotations

from decloak.options.groups import (
    DecodeSettings,
    Format,
    LinkSettings,
    LlmSettings,
    ModelMode,
    OffsetUnit,
    OutputSettings,
    ReadingSettings,
    Strategy,
    TaggerMode,
    TaggerSettings,
)
from decloak.options.leaves import Leaf, leaves
from decloak.options.load import complaints, load
from decloak.options.model import Settings
from decloak.options.page import options_page, options_schema

__all__ = [
    "DecodeSettings",
    "Format",
    "Leaf",
    "LinkSettings",
    "LlmSettings",
    "ModelMode",
    "OffsetUnit",
    "OutputSettings",
    "ReadingSettings",
    "Settings",
    "Strategy",
    "TaggerMode",
    "TaggerSettings",
    "complaints",
    "leaves",
    "load",
    "options_page",
    "options_schema",
]
