"""Isolated: PDFs are read in a process of their own.

pdfium is a large program in C++ that reads what attackers send. What makes it crash, run without end or fill
the memory ends that process only; the next PDF gets a new one.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from io import BufferedReader
from threading import RLock
from typing import IO, cast

from decloak.core.document import Document
from decloak.core.errors import InputError
from decloak.readers.pdf.request import Part, Request

__all__ = ["MEMORY", "SECONDS", "read_isolated"]

SECONDS = 120
"""CPU time that one PDF may take."""

MEMORY = 3 << 30
"""Bytes of memory that one PDF may take, beside its own."""

_WAIT = 2.0


class _Reader:
    """The process that reads PDFs for this one, started when there is one to read."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, data: bytes, request: Request, seconds: int, memory: int) -> bytes | None:
        """Return the answer, pickled, or None where the process ended over the question.

        Raises:
            OSError: when no process can be started.
        """
        with self.lock:
            if self._process is not None and self._process.poll() is not None:
                self.stop()  # something ended it between two questions
            process = self._process or self._start()
            asked = pickle.dumps(request)
            try:
                questions, answers = _pipes(process)
                questions.write(b"%d %d %d %d\n" % (len(asked), len(data), seconds, memory))
                questions.write(asked)
                questions.write(data)
                questions.flush()
                header = answers.readline()
                answer = answers.read(int(header)) if header else None
            except (BrokenPipeError, ValueError):
                answer = None
            except BaseException:
                self.stop()
                raise
            if answer is None:
                self.stop()
            return answer

    def _start(self) -> subprocess.Popen[bytes]:
        folders = [folder for folder in sys.path if folder]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(folders),
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "decloak.readers.pdf.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        return self._process

    def stop(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in _pipes(process):
            try:
                pipe.close()
            except OSError:
                continue
        try:
            process.wait(_WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def forget(self) -> None:
        """Leave the process to the one that was forked: its answers are not for this one."""
        self.lock = RLock()
        process, self._process = self._process, None
        if process is not None:
            process.returncode = 0  # nobody waits for it here
            for pipe in _pipes(process):  # not what is buffered: that is the other's to send
                cast("BufferedReader", pipe).raw.close()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None  # noqa: S101 - told to the type checker
    assert process.stdout is not None  # noqa: S101 - told to the type checker
    return process.stdin, process.stdout


_READER = _Reader()
atexit.register(_READER.stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_READER.forget)


def read_isolated(
    data: bytes, request: Request, seconds: int = SECONDS, memory: int = MEMORY
) -> tuple[Document, list[Part]]:
    """Read a PDF and the files embedded in it.

    Args:
        data: the PDF.
        request: what is asked.
        seconds: of CPU time that it may take.
        memory: bytes that it may take.

    Raises:
        InputError: when it cannot be opened, or takes more time or memory than it may.
    """
    try:
        answer = _READER.ask(data, request, seconds, memory)
    except OSError:  # where no process may be started, it is read in this one
        from decloak.readers.pdf.document import read_pdf  # noqa: PLC0415 - loads pdfium

        return read_pdf(data, request)
    if answer is None:
        message = (
            f"reading the PDF took more than {seconds} s of CPU time or {memory >> 20:,} MiB of memory, or "
            "ended the program; print it anew with another program"
        )
        raise InputError(message)
    read = pickle.loads(answer)  # noqa: S301 - of a process that this one started
    if isinstance(read, Exception):
        raise read
    document, parts = read
    return document, parts
