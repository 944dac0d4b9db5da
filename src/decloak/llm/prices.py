"""Prices: what hosted models cost and how much they take at once, as dated data."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from decloak.llm.account import Price

__all__ = ["known_context", "known_price"]


@cache
def _table() -> dict[str, Any]:
    text = files("decloak.llm").joinpath("data/prices.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _row(model: str) -> dict[str, Any] | None:
    """Return the row of the longest name that the model's name begins with.

    Names carry dates behind (``claude-3-5-haiku-20241022``).
    """
    rows: dict[str, dict[str, Any]] = _table()["models"]
    fitting = [
        name for name in rows if model == name or model.startswith((f"{name}-2", f"{name}-latest"))
    ]
    return rows[max(fitting, key=len)] if fitting else None


def known_price(model: str) -> Price | None:
    """Return the price of a hosted model, or None where the table has none."""
    row = _row(model)
    return Price(row["read"], row["written"]) if row else None


def known_context(model: str) -> int | None:
    """Return the context of a hosted model in tokens, or None where the table has none."""
    row = _row(model)
    return int(row["context"]) if row else None
