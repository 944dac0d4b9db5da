"""Store: what the user adds to the packs, in one SQLite file: feeds, dictionaries, lists and names of their own."""

from __future__ import annotations

from decloak.kb.store.places import store_path
from decloak.kb.store.reading import Store, chosen_store, the_store
from decloak.kb.store.writing import add, update

__all__ = ["Store", "add", "chosen_store", "store_path", "the_store", "update"]
