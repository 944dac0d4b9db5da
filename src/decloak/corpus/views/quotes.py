"""Quotes: output inside chats, tickets, mails, code fences."""

from __future__ import annotations

from random import Random

from decloak.corpus.sample import Label
from decloak.corpus.views.base import Page, edited

__all__ = ["chat", "fenced", "indented", "mail", "numbered", "ticket"]

PEOPLE = ("anna", "bjorn", "chen", "dana", "emre", "fatima", "goran", "hana", "ivo", "jo", "kofi",
          "lena", "mira", "nils", "olu", "priya", "quinn", "rosa", "sven", "tariq")  # fmt: skip
_BEFORE = (
    "here is what I get", "can someone have a look?", "output below", "this is from this morning",
    "same result as yesterday", "is this expected?", "got this after the change", "raw output:",
    "pasting it here so that it is not lost", "see attached", "please check", "look at this one",
    "as discussed:", "result of the last run", "not sure what to make of it", "for the record",
)  # fmt: skip
_AFTER = (
    "thanks", "I will open a change for it", "looks fine to me", "can you confirm?", "closing this",
    "needs a second pair of eyes", "let us talk tomorrow", "ok", "on it", "please do not close yet",
    "will update the asset list", "no idea who owns that one", "+1", "reported to the owner",
)  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def _lined(page: Page, margin: str) -> Page:
    """Put a margin before every line."""
    text = page.text
    edits = [
        (i, i + 1, "\n" + margin) for i, c in enumerate(text) if c == "\n" and i + 1 < len(text)
    ]
    return edited(page, edits, head=margin)


def _clock(rng: Random) -> str:
    return f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}"


def _date(rng: Random) -> str:
    return f"20{rng.randint(19, 26)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def indented(page: Page, rng: Random) -> Page | None:
    """Indent every line."""
    return _lined(page, rng.choice(("  ", "    ", "\t", "        ")))


def numbered(page: Page, rng: Random) -> Page | None:
    """Number the lines, as ``cat -n``, ``grep -n`` and editors do."""
    form = rng.choice(("{:6}\t", "{}: ", "{:4} | ", "{}:", "[{}] "))
    text, number = page.text, rng.choice((1, 1, rng.randint(2, 400)))
    edits = []
    for i, char in enumerate(text):
        if char == "\n" and i + 1 < len(text):
            number += 1
            edits.append((i, i + 1, "\n" + form.format(number)))
    return edited(page, edits, head=form.format(number - len(edits)))


def fenced(page: Page, rng: Random) -> Page | None:
    """Put it into a code fence or a block of a ticket system."""
    opened, closed = rng.choice(
        (("```\n", "\n```\n"), ("```text\n", "\n```\n"), ("{code}\n", "\n{code}\n"),
         ("<pre>\n", "\n</pre>\n"), ("~~~\n", "\n~~~\n"), ("[code]\n", "\n[/code]\n"),
         ("{noformat}\n", "\n{noformat}\n"), ("<pre><code>", "</code></pre>\n"))
    )  # fmt: skip
    words = rng.choice(_BEFORE)
    lead = rng.choice(("", f"{words}\n\n", f"### {words}\n\n", f"*{words}*\n"))
    return edited(page, (), head=lead + opened, tail=closed)


def chat(page: Page, rng: Random) -> Page | None:
    """Paste it into a chat."""
    first, second = rng.sample(PEOPLE, 2)
    form = rng.choice(
        ("[{1}] {0}: ", "<{0}> ", "{0} {1}\n", "{0}: ", "{1} <{0}> ", "@{0} ", "{1} {0} | ")
    )
    head = form.format(first, _clock(rng)) + rng.choice(_BEFORE) + "\n"
    tail = (
        ("" if page.text.endswith("\n") else "\n")
        + form.format(second, _clock(rng))
        + rng.choice(_AFTER)
        + "\n"
    )
    if rng.random() < 0.4:
        return edited(page, (), head=head + "```\n", tail="\n```\n" + tail)
    if rng.random() < 0.3:
        margin = form.format(first, _clock(rng)).replace("\n", " ")
        return edited(_lined(page, margin), (), head=head, tail=tail)
    return edited(page, (), head=head, tail=tail)


def ticket(page: Page, rng: Random) -> Page | None:
    """Put it into a ticket."""
    number, first = rng.randint(100, 99999), rng.choice(PEOPLE)
    queue, priority = (
        rng.choice(("SEC", "NET", "OPS", "INC")),
        rng.choice(("low", "medium", "high")),
    )
    words = rng.choice(_BEFORE)
    fields = f"Ticket: {queue}-{number}\nReporter: {first}\nPriority: {priority}\nDescription:\n"
    head = rng.choice(
        (
            f"{fields}{words}\n\n",
            f"#{number} opened by {first} on {_date(rng)}\n\n{rng.choice(_BEFORE)}\n\n",
            f"Comment by {first} ({_date(rng)} {_clock(rng)}):\n",
            f"INC{number:07} | work notes | {_date(rng)} {_clock(rng)}\n",
        )
    )
    quoted = _lined(page, rng.choice(("", "", "> ", "| ", "    ")))
    return edited(
        quoted, (), head=head, tail=rng.choice(("", f"\n\n{rng.choice(_AFTER)}\n", "\n--\n"))
    )


def mail(page: Page, rng: Random) -> Page | None:
    """Quote it in a mail; the sender's address is an entity too."""
    first, second = rng.sample(PEOPLE, 2)
    domain = rng.choice(("example.com", "example.net", "example.org", "mail.example"))
    address = f"{first}@{domain}"
    lead = rng.choice(("On {day}, {date} at {clock}, <{address}> wrote:\n",
                       "{address} wrote on {date}:\n",
                       "From: {address}\nSubject: Re: scan results\nDate: {day}, {date} {clock}\n\n"))  # fmt: skip
    head = lead.format(day=rng.choice(_DAYS), date=_date(rng), clock=_clock(rng), address=address)
    start = head.index(address)
    margin = "" if head.startswith("From") else rng.choice(("> ", "> ", ">> ", "> > "))
    made = edited(_lined(page, margin), (), head=head, tail=f"\n\n{rng.choice(_AFTER)}\n{second}\n")
    sender = Label(start, start + len(address), "EMAIL", address, "view:sender@mail")
    return Page(made.text, (sender, *made.labels), made.trail)
