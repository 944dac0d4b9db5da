"""One measurement in a process of its own: read a file, extract, report seconds and peak memory.

Runs under decloak's own interpreter or under that of the peers' environment, so it imports
nothing but the standard library before it knows what to measure.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def _decloak() -> Callable[[str], int]:
    from decloak.core.document import Document  # noqa: PLC0415 - only what is measured
    from decloak.options import Settings  # noqa: PLC0415 - only what is measured
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - only what is measured

    # The peers read patterns; what the tagger's model costs is measured in tagger.py.
    pipeline = Pipeline(Settings(tagger="off"))
    return lambda text: len(pipeline.run(Document("bench", text)).entities)


def _decloak_auto() -> Callable[[str], int]:
    from decloak.core.document import Document  # noqa: PLC0415 - only what is measured
    from decloak.options import Settings  # noqa: PLC0415 - only what is measured
    from decloak.pipeline import Pipeline  # noqa: PLC0415 - only what is measured

    pipeline = Pipeline(Settings())
    return lambda text: len(pipeline.run(Document("bench", text)).entities)


def _iocx() -> Callable[[str], int]:
    from iocx.engine import Engine, EngineConfig  # noqa: PLC0415 - only what is measured

    # Its cache knows any text by one name, so the second text would get the first one's answer.
    engine = Engine(EngineConfig(enable_cache=False))
    return lambda text: _size(engine.extract_from_text(text)["iocs"])


def _dfir() -> Callable[[str], int]:
    from dfir import extract_text  # noqa: PLC0415 - only what is measured

    return lambda text: len(extract_text(text))


def _ioc_finder() -> Callable[[str], int]:
    from ioc_finder import find_iocs  # noqa: PLC0415 - only what is measured

    return lambda text: _size(find_iocs(text))


def _iocsearcher() -> Callable[[str], int]:
    from iocsearcher.searcher import Searcher  # noqa: PLC0415 - only what is measured

    searcher = Searcher()
    return lambda text: len(searcher.search_raw(text))


def _size(found: Any) -> int:
    if isinstance(found, dict):
        return sum(map(_size, found.values()))
    return len(found) if isinstance(found, Iterable) and not isinstance(found, str) else 1


TOOLS = {"decloak": _decloak, "decloak-auto": _decloak_auto, "iocx": _iocx, "dfir": _dfir, "ioc-finder": _ioc_finder,
         "iocsearcher": _iocsearcher}  # fmt: skip


FIRST = 200_000
"""Code points of the first file that are read before the clock starts."""


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """``worker.py TOOL PATH [WARM]``: a file is one document, a folder's files are many; WARM is read first."""
    extract = TOOLS[sys.argv[1]]()
    path = Path(sys.argv[2])
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    # Every tool pays once for its automata and tables; that is told apart.
    warm = Path(sys.argv[3]) if len(sys.argv) > 3 else files[0]
    start = time.perf_counter()
    extract(warm.read_text("utf-8")[:FIRST])
    first = time.perf_counter() - start
    seconds, cpu, found, size, memory = 0.0, 0.0, 0, 0, []
    for index, file in enumerate(files):
        text = file.read_text("utf-8")
        start, spent = time.perf_counter(), time.process_time()
        found += extract(text)
        seconds += time.perf_counter() - start
        cpu += time.process_time() - spent
        size += len(text)
        if index % max(1, len(files) // 10) == 0:
            memory.append(_peak_kb())
    memory.append(_peak_kb())
    made = {
        "seconds": seconds,
        "cpu": cpu,
        "first": first,
        "found": found,
        "size": size,
        "memory_kb": memory,
    }
    print(json.dumps(made))


if __name__ == "__main__":
    main()
