"""Feeds: one file for each format that can be added; each yields rows and says what it read."""

from __future__ import annotations

from decloak.kb.store.feeds.base import About, Feed, FeedError
from decloak.kb.store.feeds.detect import feed_of

__all__ = ["About", "Feed", "FeedError", "feed_of"]
