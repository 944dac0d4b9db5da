"""Program: the programs that are run, where they come from, and which version is there."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from decloak.core.errors import ToolError

__all__ = ["DIG", "NMAP", "WHOIS", "Program"]


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the system.

    Attributes:
        name: as it is called.
        package: the Debian package that holds it.
        version_option: what makes it tell its version.
        version_pattern: finds the version in what it then prints.
    """

    name: str
    package: str
    version_option: str
    version_pattern: str

    def version(self) -> str | None:
        """Return its version; None where it tells none.

        Raises:
            ToolError: when it is not installed.
        """
        return _version(self, os.environ.get("PATH", os.defpath))


NMAP = Program("nmap", "nmap", "--version", r"Nmap version (\S+)")
DIG = Program("dig", "bind9-dnsutils", "-v", r"DiG (\S+)")
WHOIS = Program("whois", "whois", "--version", r"Version (\d[\w.-]*\w)")


@functools.cache
def _version(program: Program, path: str) -> str | None:
    if shutil.which(program.name, path=path) is None:
        message = (
            f"{program.name} is not installed; on Debian and Ubuntu: "
            f"sudo apt-get install {program.package}"
        )
        raise ToolError(message)
    command = [program.name, program.version_option]
    try:
        # Nothing of the environment: no key can leak into it.
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            env={"PATH": path, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{program.name} cannot be started: {error}"
        raise ToolError(message) from error
    told = (done.stdout + done.stderr).decode("utf-8", "replace")
    found = re.search(program.version_pattern, told)
    return found[1] if found else None
