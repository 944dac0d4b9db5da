"""Build the optional extension `decloak._native` with the wheel, where there is a compiler.

Without one, or with ``DECLOAK_NATIVE=0``, the package is pure Python and gives the same answers. ``DECLOAK_NATIVE=1``
insists: a build that cannot compile it fails.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NAME = "decloak._native"
_SOURCES = ("native/module.cpp",)


class NativeBuildHook(BuildHookInterface[Any]):
    """Compile the extension and put it beside the Python modules."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the extension to the wheel; an editable install gets it in the source tree."""
        wanted = os.environ.get("DECLOAK_NATIVE", "")
        if self.target_name != "wheel" or wanted == "0":
            return
        root = Path(self.root)
        if version == "editable" and wanted != "1" and _is_fresh(root):
            return
        folder = Path(tempfile.mkdtemp(prefix="decloak-native-"))
        try:
            built = compile_extension(root, folder)
        except Exception as error:  # whatever is missing, the package works without
            shutil.rmtree(folder, ignore_errors=True)
            if wanted == "1":
                raise
            self.app.display_warning(f"no native extension ({error}); decloak is pure Python")
            return
        if version == "editable":
            target = root / "src" / "decloak" / built.name
            target.unlink(missing_ok=True)  # what is loaded keeps its file
            shutil.move(built, target)
            shutil.rmtree(folder, ignore_errors=True)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"][str(built)] = f"decloak/{built.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take the temporary folder away."""
        del version, artifact_path
        for source in build_data.get("force_include", {}):
            if "decloak-native-" in source:
                shutil.rmtree(Path(source).parents[1], ignore_errors=True)


def _is_fresh(root: Path) -> bool:
    """Whether an earlier editable install has built the extension from what its sources still are."""
    built = root / "src" / "decloak" / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
    sources = [*root.glob("native/*"), Path(__file__)]
    return built.exists() and built.stat().st_mtime > max(each.stat().st_mtime for each in sources)


def compile_extension(root: Path, folder: Path, extra: tuple[str, ...] = ()) -> Path:
    """Compile into a folder and return the extension's file.

    Args:
        root: the checkout.
        folder: where to put it.
        extra: more options for compiler and linker (sanitizers).
    """
    from pybind11.setup_helpers import (  # noqa: PLC0415 - only where it is built
        Pybind11Extension,
        build_ext,
    )
    from setuptools import Distribution  # noqa: PLC0415 - likewise

    extension = Pybind11Extension(
        _NAME, [str(root / source) for source in _SOURCES], cxx_std=17,
        extra_compile_args=["/O2"] if os.name == "nt" else ["-O2", "-ffp-contract=off", *extra],
        extra_link_args=[*extra],
    )  # fmt: skip
    command = build_ext(Distribution({"name": "decloak", "ext_modules": [extension]}))
    command.ensure_finalized()
    command.build_temp, command.build_lib, command.inplace = str(folder / "objects"), str(folder), 0
    command.run()
    return Path(command.get_ext_fullpath(_NAME))
