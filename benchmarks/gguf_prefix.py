"""What it saves to read once what requests begin with: python benchmarks/gguf_prefix.py MODEL.

Tells three short scans one after another, reading every prompt whole and then as decloak does, with one
thread. Prints CPU seconds: wall time depends on who else wants the cores.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from decloak import Pipeline
from decloak.core.document import Document
from decloak.llm import Reply, Request
from decloak.llm.gguf import GgufModel
from decloak.llm.gguf_prefix import Prefixes
from decloak.options import Settings

SCAN = (
    "Nmap scan report for host{n}.example.com (192.0.2.{n})\nHost is up (0.2{n}s latency).\n"
    "22/tcp open ssh OpenSSH 8.{n}\n53/tcp closed domain\n"
)


class Timed(GgufModel):
    """Prints what each request costs; forgets what was read before, when told so."""

    forgets = True

    def complete(self, request: Request) -> Reply:
        """Let the model answer."""
        if self.forgets:
            self._prefixes = Prefixes()
        begin = time.process_time()
        reply = super().complete(request)
        seconds, usage = time.process_time() - begin, reply.usage
        how = "whole" if self.forgets else "beginning once"
        print(f"| {how} | {usage.prompt_tokens} | {usage.completion_tokens} | {seconds:.1f} |")
        return reply


def main() -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    model = Timed(parser.parse_args().model, threads=1)
    settings = Settings(llm_mode="narrative", llm_rounds=1, llm_critique=False, llm_samples=0)
    pipeline = Pipeline(settings, model)
    print("| prompts are read | tokens of the prompt | written | CPU seconds |\n|---|---|---|---|")
    for model.forgets in (True, False):
        for number in (1, 2, 3):
            pipeline.run(Document("-", SCAN.format(n=number)))


if __name__ == "__main__":
    main()
