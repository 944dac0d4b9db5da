"""Account: what a run has asked of its models: requests, faults, tokens, money, time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from decloak.core.errors import ModelError, ModelLimitError
from decloak.llm.base import ChatModel, Reply, Request, Usage
from decloak.llm.wrapper import Wrapper

__all__ = ["Account", "Accounted", "Limits", "ModelTotals", "Price", "Summary"]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens read and written."""

    read: float
    written: float

    def of(self, usage: Usage) -> float:
        """Return what these tokens cost, in US dollars."""
        return (usage.prompt_tokens * self.read + usage.completion_tokens * self.written) / 1e6


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use of all its models together; None for no limit."""

    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """What one model was asked and answered.

    Attributes:
        requests: all that were made, those answered from the cache among them.
        cached: those answered from the cache; they cost nothing.
        faults: how many failed, by cause.
        usage: tokens of all that the model itself answered, usable or not.
        cost: US dollars, or None where no price is known.
        seconds: time until the whole replies, added up.
        slowest: seconds of the slowest reply.
        replies: how often the model itself answered, usable or not.
    """

    requests: int
    cached: int
    faults: Mapping[str, int]
    usage: Usage
    cost: float | None
    seconds: float
    slowest: float
    replies: int


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
    if each.replies:
        parts.append(f"{each.seconds / each.replies:.2f} s each, {each.slowest:.2f} s at most")
    parts += [f"{count} failed: {cause}" for cause, count in sorted(each.faults.items())]
    return ", ".join(parts)


@dataclass(slots=True)
class _Totals:
    price: Price | None = None
    requests: int = 0
    cached: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    slowest: float = 0.0
    replies: int = 0

    @property
    def cost(self) -> float | None:
        """What was used so far costs, in US dollars; None without a price."""
        return None if self.price is None else self.price.of(self.usage)


class Account:
    """Adds up, and holds several models to common limits. Threads may share it."""

    def __init__(self) -> None:
        self._models: dict[str, _Totals] = {}
        self._held_tokens, self._held_cost = 0, 0.0
        self._lock = threading.Lock()

    def open(self, name: str, price: Price | None) -> None:
        """Begin to count a model."""
        with self._lock:
            self._models.setdefault(name, _Totals()).price = price

    def answered(self, name: str, reply: Reply) -> None:
        """Count a request that was answered."""
        with self._lock:
            totals = self._models.setdefault(name, _Totals())
            totals.requests += 1
            totals.cached += reply.cached

    def failed(self, name: str, error: ModelError) -> None:
        """Count a request that failed."""
        with self._lock:
            totals = self._models.setdefault(name, _Totals())
            totals.requests += 1
            totals.faults[error.cause] += 1

    @contextmanager
    def reserve(
        self, name: str, prompt: int, most: int, limits: Limits
    ) -> Iterator[Callable[[Reply], None]]:
        """Hold back the most that a request can use; yield what to call with its reply.

        Args:
            name: of the model.
            prompt: tokens of the prompt.
            most: tokens of the longest reply.
            limits: what all models together may use.

        Raises:
            ModelLimitError: when that could pass a limit.
        """
        usage = Usage(prompt, most)
        with self._lock:
            price = self._models.setdefault(name, _Totals()).price
            cost = price.of(usage) if price else 0.0
            self._check(name, usage.total_tokens, cost, limits)
            self._held_tokens += usage.total_tokens
            self._held_cost += cost
        try:
            yield lambda reply: self._used(name, reply)
        finally:
            with self._lock:
                self._held_tokens -= usage.total_tokens
                self._held_cost -= cost

    def _check(self, name: str, tokens: int, cost: float, limits: Limits) -> None:
        used = sum(each.usage.total_tokens for each in self._models.values()) + self._held_tokens
        if limits.tokens is not None and used + tokens > limits.tokens:
            message = (
                f"{name}: {used} of {limits.tokens} tokens are used or promised, and this request "
                f"may need {tokens}; raise the limit of tokens"
            )
            raise ModelLimitError(message)
        spent = sum(each.cost or 0.0 for each in self._models.values()) + self._held_cost
        if limits.cost is not None and spent + cost > limits.cost:
            message = (
                f"{name}: ${spent:.4f} of ${limits.cost:.4f} are spent or promised, and this "
                f"request may cost ${cost:.4f}; raise the spending limit"
            )
            raise ModelLimitError(message)

    def _used(self, name: str, reply: Reply) -> None:
        with self._lock:
            totals = self._models.setdefault(name, _Totals())
            totals.usage += reply.usage
            totals.seconds += reply.seconds
            totals.slowest = max(totals.slowest, reply.seconds)
            totals.replies += 1

    def summary(self) -> Summary:
        """Return what was counted so far."""
        with self._lock:
            return Summary({name: _frozen(each) for name, each in self._models.items()})


def _frozen(each: _Totals) -> ModelTotals:
    return ModelTotals(
        each.requests,
        each.cached,
        dict(each.faults),
        each.usage,
        each.cost,
        each.seconds,
        each.slowest,
        each.replies,
    )


class Accounted(Wrapper):
    """Counts what a model is asked, and what failed, by cause."""

    def __init__(self, inner: ChatModel, account: Account) -> None:
        super().__init__(inner)
        self._account = account

    def complete(self, request: Request) -> Reply:
        """Ask, and count the reply or the fault."""
        try:
            reply = self.inner.complete(request)
        except ModelError as error:
            self._account.failed(self.name, error)
            raise
        self._account.answered(self.name, reply)
        return reply
