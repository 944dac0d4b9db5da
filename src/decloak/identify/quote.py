"""Quote: text from outside as data in a prompt, behind a boundary that it cannot hold."""

from __future__ import annotations

import hashlib
import re

from decloak.core.hidden import as_class, default_ignorable

__all__ = ["boundary_of", "quoted", "tamed"]

# What chat templates and fences are made of. A model must not take data for a turn of the talk.
_MARKS = re.compile(
    r"<\|[^|\n]{0,40}\|?>|\[/?(?:INST|SYS|AVAILABLE_TOOLS|TOOL_CALLS)\]|<</?SYS>>|</?s>"
    r"|<(?:start|end)_of_turn>|\u003c\uff5c[^\n]{0,40}\uff5c\u003e|\|(?:im_start|im_end|eot_id)\|",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"^(?P<lead>[^\w\n]{0,8})(?P<who>system|assistant|user|human|ai|model|developer|instructions?)"
    r"(?P<colon>[^\w\n]{0,4}[:>])",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(
    r"\bDATA-[0-9a-f]{8,}|`{3,}|~{3,}|^(?:-{3,}|={3,}|#{3,})", re.IGNORECASE | re.MULTILINE
)
# Controls but tab and newline; line separators, annotations, and what is shown as nothing.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb" + as_class(default_ignorable()) + "]"
)


def boundary_of(*texts: str, purpose: str = "") -> str:
    """Return a line that stands in none of the texts.

    It is a hash over all of them, so who writes one of them cannot know it before he has written
    it, and what he writes then changes it. The same request has the same boundary, so that
    stored replies can be found again.
    """
    digest = hashlib.blake2b(digest_size=10)
    for text in (purpose, *texts):
        digest.update(len(text).to_bytes(8, "big") + text.encode("utf-8", "surrogatepass"))
    while True:
        line = f"DATA-{digest.hexdigest()}"
        if all(line.lower() not in text.lower() for text in texts):
            return line
        digest.update(b"again")


def tamed(text: str) -> str:
    """Return a text without what looks like a delimiter, a turn of a chat, or a hidden control.

    Only what a model reads is changed; what it says is looked up in the text as it was.
    """
    shown = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = _MARKS.sub(_without_brackets, shown)
    shown = _TURN.sub(r"\g<lead>\g<who> \g<colon>", shown)
    return _FENCE.sub(lambda match: " ".join(re.findall(r"[^\W_]+|[^\w]", match[0])), shown)


def _without_brackets(match: re.Match[str]) -> str:
    return "(" + match[0].strip("<>[]|/\uff5c") + ")"


def quoted(text: str, boundary: str) -> str:
    """Return data between two boundary lines."""
    return f"{boundary}\n{tamed(text).strip(chr(10))}\n{boundary}"
