"""Time the libraries that run a GGUF file in this process: python benchmarks/gguf_libraries.py MODEL.

Prints a row for each of xllamacpp and llama-cpp-python that is installed. Wall time depends on who
else wants the cores; CPU time, with one thread, hardly does.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from collections.abc import Callable
from typing import Any

PROMPT = (
    "Nmap scan report for example.com (192.0.2.10). Host is up (0.21s latency). PORT STATE SERVICE "
    "VERSION. 22/tcp open ssh OpenSSH 8.4p1 Ubuntu 5. 80/tcp open http nginx 1.18.0. 443/tcp open "
    "ssl/https nginx 1.18.0. 53/tcp closed domain.\nReport every port with its state and service."
)
SCHEMA = {
    "type": "object",
    "properties": {"ports": {"type": "array", "items": {"type": "integer"}}},
    "required": ["ports"],
    "additionalProperties": False,
}
Chat = Callable[[dict[str, Any]], dict[str, Any]]


def xllamacpp(path: str, threads: int) -> Chat:
    """Load a model with xllamacpp."""
    import xllamacpp as library  # noqa: PLC0415 - whichever is installed

    wanted = library.CommonParams()
    wanted.model.path, wanted.n_ctx, wanted.n_parallel = path, 2048, 1
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = threads
    wanted.warmup, wanted.verbosity = False, 0
    server = library.Server(wanted)

    def chat(body: dict[str, Any]) -> dict[str, Any]:
        form = body.pop("schema", None)
        if form:
            body["response_format"] = {"type": "json_schema", "json_schema": {"schema": form}}
        answer: dict[str, Any] = server.handle_chat_completions(body | {"cache_prompt": False})
        return answer

    return chat


def llama_cpp(path: str, threads: int) -> Chat:
    """Load a model with llama-cpp-python."""
    import llama_cpp as library  # noqa: PLC0415 - whichever is installed

    model = library.Llama(
        path, n_ctx=2048, n_threads=threads, n_threads_batch=threads, verbose=False
    )

    def chat(body: dict[str, Any]) -> dict[str, Any]:
        form = body.pop("schema", None)
        if form:
            body["response_format"] = {"type": "json_object", "schema": form}
        model.reset()
        answer: dict[str, Any] = model.create_chat_completion(**body)
        return answer

    return chat


def timed(chat: Chat, **body: Any) -> tuple[dict[str, Any], float, float]:
    """Return an answer, its seconds of wall time and of CPU time."""
    messages = [{"role": "user", "content": PROMPT}]
    wall, cpu = time.monotonic(), time.process_time()
    answer = chat({"messages": messages, "temperature": 0.0, "seed": 1} | body)
    return answer, time.monotonic() - wall, time.process_time() - cpu


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=96)
    given = parser.parse_args()
    print(
        "| library | load, s | prompt, CPU ms a token | reply, CPU ms a token | reply, tokens/s | schema held |"
    )
    print("|---|---|---|---|---|---|")
    for name, start in (("xllamacpp", xllamacpp), ("llama_cpp", llama_cpp)):
        if importlib.util.find_spec(name) is None:
            continue
        begin = time.monotonic()
        chat = start(given.model, given.threads)
        load = time.monotonic() - begin
        timed(chat, max_tokens=1)
        one, _, cpu_prompt = timed(chat, max_tokens=1)
        read = one["usage"]["prompt_tokens"]
        long, wall, cpu = timed(chat, max_tokens=given.tokens)
        made = long["usage"]["completion_tokens"]
        _, wall_prompt, _ = timed(chat, max_tokens=1)
        answer, _, _ = timed(chat, max_tokens=64, schema=SCHEMA)
        try:
            held = list(json.loads(answer["choices"][0]["message"]["content"])) == ["ports"]
        except ValueError:
            held = False
        print(
            f"| {name} | {load:.1f} | {1000 * cpu_prompt / read:.0f} "
            f"| {1000 * (cpu - cpu_prompt) / max(1, made - 1):.0f} "
            f"| {(made - 1) / max(0.001, wall - wall_prompt):.1f} | {'yes' if held else 'no'} |"
        )


if __name__ == "__main__":
    main()
