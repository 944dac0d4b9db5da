"""Isolation: run a part of the lab in namespaces of its own, which vanish with it.

The network namespace is born with nothing but a loopback interface, so whatever addresses are used
inside, no packet can leave. The process namespace ends with its first process, and that one with
its parent: a lab that is killed leaves no daemon behind. Temporary files lie in a file system that
only the mount namespace sees.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path

from lab.daemons import LabError, find_tool

__all__ = ["SCRATCH", "check_isolated", "prepare_inside", "run_isolated"]

SCRATCH = Path("/run/decloak-lab")
"""Where the lab's files are, inside only."""

_OUTSIDE = "DECLOAK_LAB_OUTSIDE"
_NAMESPACES = ("net", "mnt", "pid")


def _namespace(kind: str) -> str:
    return str(Path(f"/proc/self/ns/{kind}").readlink())


def run_isolated(module: str, arguments: Sequence[str], seconds: float) -> int:
    """Run ``python -m module arguments`` in its own namespaces; return its exit status.

    SIGINT and SIGTERM end it and everything it started, and so does the end of this process,
    however it comes about.

    Args:
        module: a module of the lab.
        arguments: its arguments.
        seconds: after this long it is ended; the status is then 124.

    Raises:
        LabError: without root, or when unshare or setpriv (Debian: util-linux) are missing.
    """
    if os.geteuid() != 0:
        message = "the lab makes network namespaces: run it as root"
        raise LabError(message)
    tools = [find_tool(name) for name in ("setpriv", "unshare")]
    if None in tools:
        message = "unshare and setpriv are not installed (Debian: util-linux)"
        raise LabError(message)
    setpriv, unshare = (str(tool) for tool in tools)
    command = [setpriv, "--pdeathsig", "KILL", unshare, "--net", "--mount", "--pid", "--fork"]
    command += ["--kill-child", "--mount-proc", "--propagation", "private"]
    command += [sys.executable, "-m", module, *arguments]
    # Some of Faker's tables are sets, which are walked in the order of their hashes.
    environment = dict(os.environ, PYTHONHASHSEED="0")
    environment[_OUTSIDE] = " ".join(_namespace(kind) for kind in _NAMESPACES)
    root = str(Path(__file__).parents[1])
    environment["PYTHONPATH"] = os.pathsep.join((root, os.environ.get("PYTHONPATH", "")))
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    ) as process:
        # SIGINT too: a shell that starts this in the background has it ignored.
        previous = {
            number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return 124
        finally:
            process.kill()
            for number, handler in previous.items():
                signal.signal(number, handler)


def _interrupt(_number: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def check_isolated() -> None:
    """Make sure that nothing sent from here can leave.

    Raises:
        LabError: when this process shares a namespace with the outside, or when its network has an
            interface that is neither the loopback one nor a pair made in here.
    """
    outside = os.environ.get(_OUTSIDE, "").split()
    if len(outside) != len(_NAMESPACES) or any(
        _namespace(kind) == name for kind, name in zip(_NAMESPACES, outside, strict=True)
    ):
        message = "not isolated: start the lab with python -m lab"
        raise LabError(message)
    listed = subprocess.run(
        ["ip", "-d", "-j", "link"], check=True, capture_output=True, text=True
    ).stdout
    for link in json.loads(listed):
        kind = link.get("linkinfo", {}).get("info_kind", link["link_type"])
        if kind not in {"loopback", "veth"}:
            message = f"not isolated: {link['ifname']} is an interface of kind {kind}"
            raise LabError(message)


def prepare_inside(resolver: str) -> None:
    """Lay out the mount namespace: scratch space, names of namespaces, and who resolves names.

    Args:
        resolver: address of the name server for programs that read resolv.conf.
    """
    check_isolated()
    for folder, options in ((SCRATCH, "mode=755"), (Path("/run/netns"), "mode=755")):
        folder.mkdir(exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "decloak-lab", str(folder)], check=True
        )
    files = {
        "resolv.conf": f"nameserver {resolver}\noptions timeout:1 attempts:1\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }
    for name, text in files.items():
        (SCRATCH / name).write_text(text)
        subprocess.run(["mount", "--bind", str(SCRATCH / name), f"/etc/{name}"], check=True)
    os.environ.update(TMPDIR=str(SCRATCH), HOME=str(SCRATCH))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
