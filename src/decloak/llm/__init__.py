"""llm: one small protocol for language models, and its backends.

>>> from decloak.llm import Message, Request, Scripted
>>> model = Scripted("Port 22 is open.")
>>> model.complete(Request((Message("user", "Which ports are open?"),))).text
'Port 22 is open.'
"""

from __future__ import annotations

from decloak.llm.account import Account, Summary
from decloak.llm.base import ChatModel, Finish, Message, Reply, Request, Usage
from decloak.llm.open import open_model
from decloak.llm.scripted import Line, Scripted, UnscriptedError

__all__ = [
    "Account",
    "ChatModel",
    "Finish",
    "Line",
    "Message",
    "Reply",
    "Request",
    "Scripted",
    "Summary",
    "UnscriptedError",
    "Usage",
    "open_model",
]
