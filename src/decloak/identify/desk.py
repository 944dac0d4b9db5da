"""Desk: where one document's requests are made, and what goes wrong with them is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from decloak.core.entity import Voice
from decloak.core.errors import (
    ModelAccessError,
    ModelError,
    ModelFileError,
    ModelLimitError,
    ModelNameError,
)
from decloak.identify.chunks import Chunk
from decloak.identify.ground import Mention
from decloak.identify.trace import Told
from decloak.llm import ChatModel, Reply, Request

__all__ = ["Desk", "Identified"]

_LASTING = (ModelAccessError, ModelFileError, ModelLimitError, ModelNameError)
"""What the next document would run into as well."""
_STRIKES, _STRIKES_OF_SERVER = 6, 3
"""Useless replies in a row after which the rest of a document is not sent; a server that cannot be
reached, which was tried several times already, counts for more of them."""
_MOST_CHUNKS = 400


@dataclass(slots=True)
class Identified:
    """What the model had to say about one document.

    Attributes:
        voices: grounded opinions, in decoded offsets.
        ungrounded: what it named and the text does not hold.
        warnings: for the user; each cause once.
        told: what was asked and answered, chunk by chunk.
    """

    voices: list[Voice] = field(default_factory=list)
    ungrounded: list[Mention] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    told: Told = field(default_factory=Told)


class Desk:
    """Asks for one document, and keeps what went wrong.

    Args:
        model: whom to ask.
        made: what is made of the document; warnings go there.

    Attributes:
        lasting: a fault that the next document would run into as well, or None.
        may_ask: whether anything more is sent for this document.
    """

    def __init__(self, model: ChatModel, made: Identified) -> None:
        self._model = model
        self.made = made
        self.lasting: ModelError | None = None
        self._faults: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._strikes = 0
        self._unsent = self._too_long = 0
        self.may_ask = True

    def ask(self, request: Request) -> Reply:
        """Ask the model.

        Raises:
            ModelError: what `ChatModel.complete` raises.
        """
        reply = self._model.complete(request)
        self._strikes = 0
        return reply

    def note(self, error: ModelError) -> None:
        """Count a fault; after some in a row, or a lasting one, nothing more is sent."""
        self._faults[error.cause] += 1
        self._first.setdefault(error.cause, str(error))
        self._strikes += _STRIKES_OF_SERVER if error.passing else 1
        if isinstance(error, _LASTING):
            self.lasting = error
        if self.lasting or self._strikes >= _STRIKES:
            self.may_ask = False

    def may_send(self, number: int, chunk: Chunk) -> bool:
        """Whether the next chunk may be sent; count it where it may not."""
        self._too_long += chunk.too_long
        if not self.may_ask or number >= _MOST_CHUNKS:
            self._unsent += not chunk.too_long
            return False
        return not chunk.too_long

    def sum_up(self) -> None:
        """Turn what went wrong into warnings, each cause once."""
        name = self._model.name
        for cause, count in self._faults.items():
            times = "" if count == 1 else f" ({count} times)"
            self._warn(f"language model {name}: {cause}{times}: {self._first[cause]}")
        if self._unsent:
            self._warn(f"language model {name}: {self._unsent} parts were not sent to it")
        if self._too_long:
            self._warn(
                f"language model {name}: {self._too_long} records are too long for its prompt"
            )
        self._faults.clear()
        self._unsent = self._too_long = 0

    def _warn(self, message: str) -> None:
        shown = f"{message}; extracted without it"
        if shown not in self.made.warnings:
            self.made.warnings.append(shown)
