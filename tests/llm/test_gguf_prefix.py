"""What was read before saves time and changes nothing, with a double of llama.cpp's store of states."""

from hypothesis import given, settings
from hypothesis import strategies as st

from decloak.llm.gguf_prefix import Prefixes, Read, beginning

SYSTEM = {"role": "system", "content": "You list ports. " * 8}


def turn(role, text):
    return {"role": role, "content": text}


def worked(name, asked, *more):
    example = turn("user", f"example of {name}: {'22/tcp open ssh ' * 3}")
    return [SYSTEM, example, turn("assistant", f"Port 22 of {name}."), turn("user", asked), *more]


REQUESTS = [
    *(worked(name, asked) for name in ("list", "report") for asked in ("a", "ab", "abc", "x")),
    worked("list", "ab", turn("assistant", "said"), turn("user", "what is missing?")),
    worked("list", "abc", turn("assistant", "said"), turn("user", "what is missing?")),
    [SYSTEM, turn("user", "which?")],
    [SYSTEM, turn("user", "which one?")],
    [turn("user", "alone")],
]


class Store:
    """Tokens are characters. The state behind one tells how the text before it was cut into pieces."""

    def __init__(self, *, keeps=True):
        self.used, self.kept, self.read = [], [], 0
        self._keeps = keeps

    def send(self, body):
        text = "".join(f"<{t['role']}>{t['content']}</>" for t in body["messages"]) + "<assistant>"
        if "id_slot" not in body:
            self._switch(text)
        shared = common(self.used, text) if body["cache_prompt"] and self._keeps else 0
        shared = min(shared, len(text) - 1)
        state = self.used[:shared]
        piece = (shared, len(text))
        self.read += len(text) - shared
        for at in range(shared, len(text)):
            state.append((text[at], piece, hash(tuple(state[-1:]))))
        reply = hash(state[-1])
        if body.get("max_tokens") != 0:
            state = state + [(char, "written", 0) for char in "Port 22 of it"]
        self.used = state
        return reply, Read(shared, len(text) - shared)

    def _switch(self, text):
        """Keep the state in use, and take up the one that shares most and loses least."""
        self.kept.append(self.used)
        best = self.used
        for state in self.kept:
            shared, old = common(state, text), common(best, text)
            if shared > old and shared * len(best) > old * len(state):
                best = state
        if best is not self.used:
            self.kept.remove(best)
            self.used = list(best)

    def forget(self):
        self.used, self.kept = [], []


def common(state, text):
    both = zip(state, text, strict=False)
    return next((at for at, (a, b) in enumerate(both) if a[0] != b), min(len(state), len(text)))


def ask(prefixes, store, turns, *, fails=False):
    replies = []

    def send(fields):
        if fails and fields.get("max_tokens") == 0:
            return None
        reply, read = store.send({"messages": turns} | fields)
        replies.append(reply)
        return read

    prefixes.ask(turns, send)
    return replies[-1]


ALONE = [ask(Prefixes(), Store(), turns) for turns in REQUESTS]


FORGET = st.just(-1)
STOPPED = st.integers(-40, -2)
"""The deadline passes in one of the requests sent, which is read and of which nothing is heard."""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, len(REQUESTS) - 1) | FORGET | STOPPED, max_size=24))
def test_a_reply_does_not_depend_on_what_was_asked_before(order):
    prefixes, store = Prefixes(), Store()
    for number in order:
        if number == -1:
            store.forget()
        elif number < -1:
            stop(prefixes, store, REQUESTS[-number % len(REQUESTS)], -number % 4)
        else:
            assert ask(prefixes, store, REQUESTS[number]) == ALONE[number]


def stop(prefixes, store, turns, after):
    sent = []

    def send(fields):
        sent.append(fields)
        if len(sent) > after + 1:
            return None  # not sent any more
        _, read = store.send({"messages": turns} | fields)
        return None if len(sent) > after else read

    prefixes.ask(turns, send)


def test_what_requests_begin_with_is_read_once():
    prefixes, store = Prefixes(), Store()
    ask(prefixes, store, worked("list", "first"))
    ask(prefixes, store, worked("report", "first"))
    before, afresh = store.read, 0
    for name, asked in (("list", "a"), ("report", "a"), ("list", "b"), ("report", "b")):
        ask(prefixes, store, worked(name, asked))
        afresh += sum(len(each["content"]) for each in worked(name, asked))
    assert store.read - before < afresh / 2


def test_a_model_that_keeps_nothing_reads_every_request_once():
    prefixes, store = Prefixes(), Store(keeps=False)
    first = ask(prefixes, store, REQUESTS[0])
    before = store.read
    assert ask(prefixes, store, REQUESTS[0]) == first
    again = Store(keeps=False)
    ask(Prefixes(), again, [*REQUESTS[0]], fails=True)
    assert store.read - before == again.read


def test_a_beginning_that_cannot_be_read_alone_costs_no_reply():
    assert ask(Prefixes(), Store(), REQUESTS[0], fails=True)


def test_a_beginning_ends_with_the_first_reply():
    assert beginning(REQUESTS[0])[:3] == REQUESTS[0][:3]
    assert beginning(REQUESTS[-1]) == REQUESTS[-1]
