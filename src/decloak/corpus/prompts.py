"""Prompts: the command line above its output, and the output of several commands in one file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from decloak.corpus.label.nmap_text import argument
from decloak.corpus.label.place import Placer
from decloak.corpus.sample import Label
from decloak.corpus.views.base import Page

__all__ = ["joined", "prompted"]

PROMPTS = (
    "$ ", "# ", "% ", "> ", "user@host:~$ ", "root@kali:~# ", "[root@scanner ~]# ", "admin@gw> ",
    "PS C:\\Users\\admin> ", "C:\\tools>", "analyst@soc ~ % ", "┌──(kali㉿kali)-[~]\n└─$ ", "λ ", "❯ ",
    "$ sudo ", "$ time ", "+ ", "Command: ", "cmd> ", "sh-5.1# ",
)  # fmt: skip
_PROGRAMS = frozenset({"nmap", "dig", "whois", "shodan"})
_RULES = (
    "\n",
    "\n\n",
    "\n---\n",
    "\n" + "=" * 60 + "\n",
    "\n" + "-" * 40 + "\n",
    "\n### \n",
    "\n\n\n",
)


def prompted(page: Page, command: Sequence[str], rng: Random) -> Page | None:
    """Put a prompt and the command above the page; None when it is no program's output."""
    words = [command[0].rsplit("/", 1)[-1], *command[1:]] if command else []
    if not words or words[0] not in _PROGRAMS or any(re.search(r"\s", word) for word in words):
        return None
    prompt = rng.choice(PROMPTS)
    head = prompt + " ".join(words) + "\n"
    placer = Placer(head, "command")
    at, before = len(prompt), ""
    for word in words:
        end = at + len(word)
        if word.startswith("@"):
            placer.name(at + 1, end, "server", "word")
        elif words[0] == "dig" and before == "-p":
            placer.put(at, end, "PORT", "port", "word")
        elif before not in {"-t", "-c", "-p", "-h"} and word[0] not in "+-" and at > len(prompt):
            argument(placer, at, end, before)
        elif before == "-h":
            placer.name(at, end, "server", "word")
        at, before = end + 1, word
    return _after(head, placer.labels(), page).marked("prompt")


def _after(head: str, labels: Sequence[Label], page: Page) -> Page:
    moved = (e._replace(start=e.start + len(head), end=e.end + len(head)) for e in page.labels)
    return Page(head + page.text, (*labels, *moved), page.trail)


def joined(pages: Sequence[Page], rng: Random) -> Page:
    """Put pages one after the other, with a rule between them."""
    made, rule = pages[0], rng.choice(_RULES)
    for page in pages[1:]:
        mark = "" if made.text.endswith("\n\n") and rule.startswith("\n\n") else rule
        made = _after(made.text + mark, made.labels, page)
    return Page(made.text, made.labels, ("joined",))
