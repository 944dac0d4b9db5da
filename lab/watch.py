"""Watch: run a command where nothing can leave, and tell whom it looked up, contacted, and what it wrote.

The network namespace has a loopback interface alone and a resolver of its own, which notes every
question and answers none. What the command does with files and sockets is traced by strace.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.daemons import LabError, find_tool
from lab.isolation import prepare_inside, run_isolated

__all__ = ["Seen", "watch"]

_RESOLVER = "127.0.0.1"
_TRACED = "%network,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (?:(\d+)(?:<.*)?|\? .*)$")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FOLDER = re.compile(r"^[\w-]+<([^>]*)>, ")
_CONTACT = frozenset({"connect", "sendto", "sendmsg", "sendmmsg", "listen"})
_LOCAL = re.compile(r"AF_UNIX|<UNIX[-:]")
_NOWHERE = ("/dev/", "/proc/self/", "/sys/")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a command did.

    Attributes:
        code: its exit status.
        stdout, stderr: what it printed.
        lookups: the names it asked a resolver for.
        sockets: calls that made a socket for anything but processes of this machine.
        contacts: calls that reached, or waited for, somebody by such a socket.
        written: the files and folders that it made or opened for writing, devices aside.
    """

    code: int
    stdout: str
    stderr: str
    lookups: tuple[str, ...]
    sockets: tuple[str, ...]
    contacts: tuple[str, ...]
    written: tuple[str, ...]


def watch(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float = 300
) -> Seen:
    """Run a command in namespaces of its own.

    Args:
        command: the program and its arguments.
        environment: all that it sees of one.
        folder: where it runs.
        seconds: after which it is ended.

    Raises:
        LabError: without root or strace, or when it was not done in time.
    """
    if find_tool("strace") is None:
        message = "strace is not installed (Debian: strace)"
        raise LabError(message)
    with tempfile.TemporaryDirectory(prefix="decloak-watch-") as name:
        asked, answer = Path(name, "asked.json"), Path(name, "answer.json")
        what = {"command": list(command), "environment": dict(environment), "folder": str(folder)}
        asked.write_text(json.dumps(what), "utf-8")
        code = run_isolated("lab.watch", [str(asked), str(answer)], seconds)
        if code or not answer.exists():
            message = f"the command was not watched to its end (status {code})"
            raise LabError(message)
        told = json.loads(answer.read_text("utf-8"))
    return Seen(**{key: tuple(v) if isinstance(v, list) else v for key, v in told.items()})


def _inside(asked: Path, answer: Path) -> None:
    what = json.loads(asked.read_text("utf-8"))
    prepare_inside(_RESOLVER)
    lookups: list[str] = []
    _listen(lookups)
    trace = asked.with_name("trace")
    strace = ["strace", "-f", "-qq", "-yy", "-s", "512", "--seccomp-bpf", "-e", f"trace={_TRACED}"]
    done = subprocess.run(
        [*strace, "-o", str(trace), *what["command"]],
        env=what["environment"],
        cwd=what["folder"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    sockets, contacts, written = _told(
        trace.read_text("utf-8", "replace").splitlines(), what["folder"]
    )
    seen = Seen(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
        tuple(lookups),
        sockets,
        contacts,
        written,
    )
    answer.write_text(json.dumps(asdict(seen)), "utf-8")


def _listen(lookups: list[str]) -> None:
    """Note the names that are asked for on port 53."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((_RESOLVER, 53))

    def serve() -> None:
        while True:
            question, sender = server.recvfrom(4096)
            lookups.append(_name(question[12:]))
            # Refused: nobody waits for a second try.
            server.sendto(question[:2] + b"\x81\x85" + question[4:], sender)

    threading.Thread(target=serve, daemon=True).start()


def _name(question: bytes) -> str:
    labels = []
    while question and (size := question[0]):
        labels.append(question[1 : size + 1].decode("ascii", "replace"))
        question = question[size + 1 :]
    return ".".join(labels)


def _told(
    lines: Sequence[str], here: str
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return sockets, contacts and written paths of a trace."""
    sockets, contacts, written = [], [], dict[str, None]()
    for line in _whole(lines):
        call = _CALL.match(line)
        name = line.partition("(")[0].rpartition(" ")[2]
        if name in _CONTACT and not _LOCAL.search(line):
            contacts.append(line)  # refused ones as well
        if name == "socket" and not _LOCAL.search(line):
            sockets.append(line)
        if call is not None:
            written.update(dict.fromkeys(_written(name, call[2], here)))
    return tuple(sockets), tuple(contacts), tuple(written)


def _whole(lines: Sequence[str]) -> Iterator[str]:
    """Put calls together that another thread's interrupted."""
    begun: dict[str, str] = {}
    for line in lines:
        who, _, rest = line.partition(" ")
        rest = rest.lstrip()
        if rest.endswith("<unfinished ...>"):
            begun[who] = rest.removesuffix("<unfinished ...>").rstrip()
        elif rest.startswith("<... "):
            yield begun.pop(who, "") + rest.partition("resumed>")[2]
        else:
            yield rest


def _written(name: str, arguments: str, here: str) -> Iterator[str]:
    if name in {"open", "openat"} and not re.search(r"O_(?:WRONLY|RDWR|CREAT)", arguments):
        return
    if name not in {"open", "openat", "creat"} and not name.startswith(
        ("mk", "ren", "link", "sym")
    ):
        return
    paths = _PATH.findall(arguments)
    folder = _FOLDER.match(arguments)
    for path in paths[-1:]:
        whole = os.path.normpath(Path(here, folder[1] if folder else "", path))
        if not whole.startswith(_NOWHERE):
            yield whole


if __name__ == "__main__":
    _inside(Path(sys.argv[1]), Path(sys.argv[2]))
