"""Serve: decloak over HTTP. Imports FastAPI: only `decloak serve` does (extra ``serve``)."""

from __future__ import annotations

from decloak.serve.app import create_app
from decloak.serve.settings import ServeSettings

__all__ = ["ServeSettings", "create_app"]
