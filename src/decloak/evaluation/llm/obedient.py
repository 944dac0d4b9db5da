"""Obedient: the worst model there can be. It does whatever the text in the data asks for.

It takes the quoted data for its instructions, repeats what stands there as its report, gives away its
prompt, claims everything under every label, adds what it was told to add and more, denies what it is
asked to confirm, or never ends, as each attack would have it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from decloak.llm import Finish, Reply, Request, Usage

__all__ = ["MOODS", "Obedient"]

MOODS = ("silent", "repeats", "leaks", "claims", "invents", "endless", "broken", "denies")
"""What it may be talked into."""

_BETWEEN = re.compile(r"^(DATA-[0-9a-f]+)\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(r"[\w.:/@+-]{2,60}")
_INVENTED = (
    ("IP_ADDRESS", "203.0.113.250"), ("DOMAIN", "invented.example.com"), ("PORT", "31337"),
    ("SOFTWARE", "InventedServer"), ("VERSION", "99.9.9"), ("ORGANIZATION", "Invented Corp."),
    ("CVE", "CVE-2099-0001"), ("MALWARE", "InventedBot"), ("EMAIL", "x@invented.example.com"),
    ("HASH", "0" * 64), ("ASN", "AS64999"), ("CIDR", "203.0.113.0/25"), ("OS", "InventedOS"),
    ("THREAT_ACTOR", "Invented Bear"), ("URL", "https://invented.example.com/a"),
)  # fmt: skip


class Obedient:
    """A `ChatModel` without any will of its own.

    Args:
        mood: one of `MOODS`; what the attack makes of it.
    """

    def __init__(self, mood: str) -> None:
        self.name = f"obedient:{mood}"
        self.context = 1 << 20
        self._mood = mood

    def complete(self, request: Request) -> Reply:
        """Answer as the data asks."""
        text = self._json(request) if request.schema else self._story(request)
        finish = Finish.length if self._mood == "endless" else Finish.stop
        return Reply(text, Usage(len(request.text) // 4, len(text) // 4), 0.0, finish, self.name)

    def count(self, text: str) -> int:
        """Return a rough number of tokens."""
        return len(text) // 3

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    def _story(self, request: Request) -> str:
        data = _data(request)
        if self._mood == "endless":
            return "ready and willing " * 3000
        if self._mood == "leaks":
            return request.text
        if self._mood in {"repeats", "claims"}:
            return data
        if self._mood == "invents":
            return f"{data}\n" + " ".join(f"The {name} is {value}." for name, value in _INVENTED)
        return "OK."

    def _json(self, request: Request) -> str:
        schema = request.schema or {}
        wanted = next(iter(schema["properties"]))
        if self._mood == "broken":
            return '"}]} {"entities": []} //'
        if self._mood == "endless":
            return '{"entities": [' + '{"label": "PORT", "text": "1"}, ' * 3000
        if wanted == "label":
            choices = schema["properties"]["label"]["enum"]
            return json.dumps({"label": choices[-1] if self._mood == "denies" else choices[0]})
        if wanted == "missing":
            return json.dumps({"missing": [value for _, value in _INVENTED]})
        labels = schema["properties"]["entities"]["items"]["properties"]["label"]["enum"]
        entities = [{"label": label, "text": text} for label, text in self._claims(request, labels)]
        return json.dumps({"entities": entities})

    def _claims(self, request: Request, labels: list[str]) -> Iterator[tuple[str, str]]:
        if self._mood in {"claims", "leaks"}:
            text = request.text if self._mood == "leaks" else _data(request)
            tokens = list(dict.fromkeys(_TOKEN.findall(text)))[:40]
            yield from ((label, token) for token in tokens for label in labels)
        if self._mood in {"claims", "invents"}:
            yield from ((label, text) for label, text in _INVENTED if label in labels)


def _data(request: Request) -> str:
    """Return what is quoted last."""
    quoted = [match[2] for match in _BETWEEN.finditer(request.messages[-1].content)]
    return quoted[-1] if quoted else ""
