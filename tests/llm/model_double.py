"""A local double of a model's server: both protocols, and every way to misbehave.

It holds requests to the published shapes of OpenAI's chat completions and Anthropic's Messages API
(required headers and fields, roles, forced tools) and answers in them, so that the real SDKs run
against it unchanged.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-4f1d0f5e9a7c4b2d8e6f"
"""The only key it accepts; no text anywhere may hold it."""


class Double(ThreadingHTTPServer):
    """Answers `answer(body)` until `faults` names a fault for the next request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.without: set[str] = set()
        """Fields of the Messages API that this server's model refuses."""
        self.faults: list[Callable[[_Handler], None]] = []
        self.answer: Callable[[dict[str, Any]], str] = lambda _body: "Port 22 is open."
        self.finish = "stop"
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients are meant to hang up."""


@contextmanager
def double() -> Iterator[Double]:
    server = Double()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Double

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body)
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.server.times.append(time.monotonic())
        self.body = body
        if self.server.faults:
            self.server.faults.pop(0)(self)
        elif self.path == "/v1/chat/completions":
            self.chat()
        elif self.path == "/v1/messages":
            self.message()
        else:
            self.refuse(404, "not_found_error", f"no such path {self.path}")

    def chat(self) -> None:
        if self.headers.get("authorization") != f"Bearer {KEY}":
            self.refuse(401, "invalid_request_error", f"bad key {self.headers['authorization']}")
            return
        roles = [each["role"] for each in self.body["messages"]]
        assert set(roles) <= {"system", "user", "assistant"}
        form = self.body.get("response_format")
        assert form is None or {"name", "schema", "strict"} == set(form["json_schema"])
        self.send(completion(self.server.answer(self.body), self.server.finish))

    def message(self) -> None:
        if self.headers.get("x-api-key") != KEY:
            self.refuse(
                401, "authentication_error", f"invalid x-api-key {self.headers['x-api-key']}"
            )
            return
        problem = wrong_message(self.headers, self.body)
        for field in self.server.without & set(self.body):
            problem = f"{field}: not supported by this model"
        if problem:
            self.refuse(400, "invalid_request_error", problem)
            return
        tool = self.body.get("tool_choice", {}).get("name")
        stop = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
        self.send(said(self.server.answer(self.body), tool, stop[self.server.finish]))

    def refuse(self, status: int, kind: str, message: str, **headers: str) -> None:
        error = {"type": kind, "message": message, "code": None, "param": None}
        self.send({"type": "error", "error": error}, status, **headers)

    def send(self, body: object, status: int = 200, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        headers.setdefault("content_type", "application/json")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def wrong_message(headers: Any, body: dict[str, Any]) -> str | None:
    """Say what the Messages API would refuse about a request."""
    if not headers.get("anthropic-version"):
        return "anthropic-version: header is required"
    for field in ("model", "max_tokens", "messages"):
        if field not in body:
            return f"{field}: Field required"
    unknown = set(body) - {
        *("model", "max_tokens", "messages", "system", "temperature", "stop_sequences"),
        *("tools", "tool_choice", "output_config"),
    }
    if unknown:
        return f"{min(unknown)}: Extra inputs are not permitted"
    if not 0 <= body.get("temperature", 1) <= 1:
        return "temperature: Input should be less than or equal to 1"
    if not body["messages"] or {each["role"] for each in body["messages"]} - {"user", "assistant"}:
        return "messages: roles are user and assistant"
    tools = {tool["name"] for tool in body.get("tools", ())}
    for tool in body.get("tools", ()):
        if tool["input_schema"].get("type") != "object":
            return "tools.0.custom.input_schema.type: Input should be 'object'"
    if "tool_choice" in body and body["tool_choice"]["name"] not in tools:
        return "tool_choice: Tool not found in provided tools"
    return None


def completion(text: str | None, finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "double-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def said(text: str, tool: str | None = None, stop: str = "end_turn") -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": text}
    if tool is not None and stop == "end_turn":
        try:
            block = {"type": "tool_use", "id": "toolu_1", "name": tool, "input": json.loads(text)}
            stop = "tool_use"
        except ValueError:
            pass
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "double-1",
        "content": [block] if text else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "cache_read_input_tokens": 2, "output_tokens": 7},
    }


def refuses(status: int, kind: str, message: str, **headers: str) -> Callable[[_Handler], None]:
    return lambda handler: handler.refuse(status, kind, message, **headers)


def sends(body: object, status: int = 200, **headers: str) -> Callable[[_Handler], None]:
    return lambda handler: handler.send(body, status, **headers)


def hangs(handler: _Handler) -> None:
    """Promise much, send half, and wait."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "x", "choices": [')
    handler.wfile.flush()
    handler.server.over.wait(20)
    handler.close_connection = True


def drips(where: str) -> Callable[[_Handler], None]:
    """Send a byte every now and then, in the headers or in the body; no read ever times out."""

    def fault(handler: _Handler) -> None:
        if where == "body":
            handler.send_response(200)
            handler.send_header("content-type", "application/json")
            handler.send_header("content-length", "1000000")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        for _ in range(400):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            if handler.server.over.wait(0.05):
                break
        handler.close_connection = True

    return fault


def hangs_up(handler: _Handler) -> None:
    """Promise much, send half, and go."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "x"')
    handler.close_connection = True


def endless_body(handler: _Handler) -> None:
    """Send without an end, and much more than anybody should read."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    chunk = b"x" * (1 << 20)
    for _ in range(256):
        handler.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
    handler.close_connection = True
