"""Offline: third-party libraries are told not to phone home before they are loaded.

Every library in `SWITCHES` is imported through `load`, or below a package that called `silence` first;
a test walks the sources for other imports of them. The switches are environment variables, read by the
libraries when they are loaded and by the processes that are started from here.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

__all__ = ["SWITCHES", "load", "silence"]

_HUB = MappingProxyType({"HF_HUB_DISABLE_TELEMETRY": "1"})

SWITCHES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # From 1.31 on it makes an id under ~/.cache and looks up its vendor's collector, as soon as it is
        # loaded: `disable_telemetry_events` comes too late. Older ones have nothing to switch off.
        "onnxruntime": MappingProxyType({"ORT_DISABLE_TELEMETRY": "1"}),
        "transformers": _HUB,
        "datasets": _HUB,
        "huggingface_hub": _HUB,
        # Settings, lists of fonts, compiled kernels: "" stands for a folder that ends with the process.
        "matplotlib": MappingProxyType({"MPLCONFIGDIR": ""}),
        "torch": MappingProxyType({"TORCHINDUCTOR_CACHE_DIR": ""}),
    }
)
"""Environment variables by the library that reads them."""


def silence(*libraries: str) -> None:
    """Set the switches of libraries, all of them when none is named; to be called before they are loaded."""
    for library in libraries or SWITCHES:
        for name, value in SWITCHES.get(library, {}).items():
            if value:
                os.environ[name] = value
            elif name not in os.environ and library in libraries:
                os.environ[name] = _passing_folder()


def load(module: str) -> Any:
    """Import a module of a library that must stay silent.

    What the program around us has loaded before is asked to stop, as far as it can be.

    Raises:
        ImportError: when the library is not installed.
    """
    library = module.partition(".")[0]
    silence(library)
    late = library == "onnxruntime" and library in sys.modules
    loaded = import_module(module)
    if late:
        import_module(library).disable_telemetry_events()
    return loaded


def _passing_folder() -> str:
    """Make a folder that is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="decloak-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
