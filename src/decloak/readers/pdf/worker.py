"""Worker: reads one PDF after the other in a process of its own, with limits on time and memory.

What it is asked comes over standard input, what it answers goes over standard output; see `isolated`.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import IO

from decloak.core.errors import InputError
from decloak.readers.pdf.document import read_pdf

__all__ = ["main"]


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    questions = sys.stdin.buffer
    while header := questions.readline():
        length, size, seconds, memory = map(int, header.split())
        # From the process that started this one, and from nowhere else.
        request = pickle.loads(_exactly(questions, length))  # noqa: S301
        data = _exactly(questions, size)
        _limit(seconds, memory + 2 * size)
        try:
            answer: object = read_pdf(data, request)
        except Exception as error:  # noqa: BLE001 - it is raised again by who asked
            known = isinstance(error, InputError | MemoryError)
            answer = error if known else RuntimeError(f"{type(error).__name__}: {error}")
        written = pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
        answers.write(b"%d\n" % len(written))
        answers.write(written)
        answers.flush()
        del data, answer, written


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _limit(seconds: int, memory: int) -> None:
    """Let this process end where one document takes more, as far as the system can see to that."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    _lower(resource.RLIMIT_CPU, soft)
    _lower(resource.RLIMIT_CORE, 0)
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - no path of a user
            pages = int(file.read().split()[0])
    except OSError:
        return
    _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + memory)


def _lower(kind: int, soft: int) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main()
