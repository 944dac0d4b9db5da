"""Account: what a run has asked of its models: requests, faults, tokens, money, time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from decloak.core.errors import ModelError
from decloak.llm.base import ChatModel, Reply, Request, Usage
from decloak.llm.wrapper import Wrapper

__all__ = ["Account", "Accounted", "ModelTotals", "Summary"]


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """What one model was asked and answered.

    Attributes:
        requests: all that were made, those answered from the cache among them.
        cached: those answered from the cache; they cost nothing.
        faults: how many failed, by cause.
        usage: tokens of the requests that were answered by the model itself.
        cost: US dollars, or None where no price is known.
        seconds: time spent in the model, all requests added up.
        slowest: seconds of the slowest reply.
    """

    requests: int
    cached: int
    faults: Mapping[str, int]
    usage: Usage
    cost: float | None
    seconds: float
    slowest: float

    @property
    def answered(self) -> int:
        """Requests that the model itself answered."""
        return self.requests - self.cached - sum(self.faults.values())


@dataclass(frozen=True, slots=True)
class Summary:
    """What all models of a run were asked and answered, by name."""

    models: Mapping[str, ModelTotals]

    def lines(self) -> list[str]:
        """Return one line per model, to show at the end of a run."""
        return [_line(name, each) for name, each in self.models.items()]


def _line(name: str, each: ModelTotals) -> str:
    parts = [
        f"{name}: {each.requests} requests",
        f"{each.cached} from the cache",
        f"{each.usage.prompt_tokens} + {each.usage.completion_tokens} tokens",
        "no price known" if each.cost is None else f"${each.cost:.4f}",
    ]
    if each.answered:
        parts.append(f"{each.seconds / each.answered:.2f} s each, {each.slowest:.2f} s at most")
    parts += [f"{count} failed: {cause}" for cause, count in sorted(each.faults.items())]
    return ", ".join(parts)


@dataclass(slots=True)
class _Totals:
    requests: int = 0
    cached: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    slowest: float = 0.0


class Account:
    """Adds up; threads may share it."""

    def __init__(self) -> None:
        self._models: dict[str, _Totals] = {}
        self._prices: dict[str, tuple[float, float] | None] = {}
        self._lock = threading.Lock()

    def open(self, name: str, price: tuple[float, float] | None) -> None:
        """Begin to count a model; `price` is in US dollars per million tokens read and written."""
        with self._lock:
            self._models.setdefault(name, _Totals())
            self._prices[name] = price

    def answered(self, name: str, reply: Reply) -> None:
        """Count a reply."""
        with self._lock:
            totals = self._models.setdefault(name, _Totals())
            totals.requests += 1
            if reply.cached:
                totals.cached += 1
                return
            totals.usage += reply.usage
            totals.seconds += reply.seconds
            totals.slowest = max(totals.slowest, reply.seconds)

    def failed(self, name: str, error: ModelError) -> None:
        """Count a fault."""
        with self._lock:
            totals = self._models.setdefault(name, _Totals())
            totals.requests += 1
            totals.faults[error.cause] += 1

    def summary(self) -> Summary:
        """Return what was counted so far."""
        with self._lock:
            return Summary(
                {
                    name: ModelTotals(
                        each.requests,
                        each.cached,
                        dict(each.faults),
                        each.usage,
                        _cost(each.usage, self._prices.get(name)),
                        each.seconds,
                        each.slowest,
                    )
                    for name, each in self._models.items()
                }
            )


def _cost(usage: Usage, price: tuple[float, float] | None) -> float | None:
    if price is None:
        return None
    return (usage.prompt_tokens * price[0] + usage.completion_tokens * price[1]) / 1e6


class Accounted(Wrapper):
    """Counts what a model is asked and answers."""

    def __init__(
        self, inner: ChatModel, account: Account, price: tuple[float, float] | None = None
    ) -> None:
        super().__init__(inner)
        self._account = account
        account.open(inner.name, price)

    def complete(self, request: Request) -> Reply:
        """Ask, and count the reply or the fault."""
        try:
            reply = self.inner.complete(request)
        except ModelError as error:
            self._account.failed(self.name, error)
            raise
        self._account.answered(self.name, reply)
        return reply
