"""What stands around a model: retries, cache, limits, pace, checks, timeouts."""

import contextlib
import json
import random
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.errors import (
    ModelAccessError,
    ModelBusyError,
    ModelError,
    ModelLimitError,
    ModelServerError,
    ModelTimeoutError,
    SettingsError,
    UnreadableError,
)
from decloak.llm import (
    Account,
    Finish,
    Line,
    Message,
    Reply,
    Request,
    Scripted,
    Usage,
    open_model,
)
from decloak.llm.account import Accounted, Limits, Price
from decloak.llm.base import estimate_tokens
from decloak.llm.cached import Cached
from decloak.llm.checked import endless
from decloak.llm.metered import Metered
from decloak.llm.plain import plain
from decloak.llm.prices import known_context, known_price
from decloak.llm.rested import Rested
from decloak.llm.retried import Retried
from decloak.llm.secret import Secret
from decloak.llm.timed import Timed
from decloak.options import LlmSettings

ASK = Request((Message("user", "22/tcp open"),))


def test_waits_grow_with_jitter_and_follow_the_server():
    waits = []
    faults = [ModelServerError("x"), ModelBusyError("x", 7.0), ModelServerError("x"), "fine"]
    assert Retried(Scripted(*faults), 3, waits.append).complete(ASK).text == "fine"
    assert 0 <= waits[0] <= 0.5
    assert 7.0 <= waits[1] <= 8.0
    assert 0 <= waits[2] <= 2.0


def test_the_last_fault_is_raised_and_others_at_once():
    model = Scripted(*(ModelServerError(str(n)) for n in range(9)))
    with pytest.raises(ModelServerError, match="2"):
        Retried(model, 2, lambda _: None).complete(ASK)
    model = Scripted(ModelAccessError("no"), "fine")
    with pytest.raises(ModelAccessError):
        Retried(model, 2, lambda _: None).complete(ASK)
    model = Scripted(ModelBusyError("tomorrow", 86400.0), "fine")
    with pytest.raises(ModelBusyError):
        Retried(model, 2, lambda _: None).complete(ASK)


def test_a_server_that_keeps_failing_is_left_alone_for_a_while():
    now = [0.0]
    faults = [ModelServerError("down")] * 3 + [ModelTimeoutError("late"), "fine", "fine"]
    inner = Scripted(*faults)
    model = Rested(inner, 60.0, lambda: now[0])
    for _ in range(9):
        with pytest.raises(ModelServerError, match="down"):
            model.complete(ASK)
    assert len(inner.asked) == 3
    now[0] = 61.0  # one tries again, in vain
    with pytest.raises(ModelTimeoutError, match="late"):
        model.complete(ASK)
    with pytest.raises(ModelTimeoutError, match="not asked again for 60 s"):
        model.complete(ASK)
    now[0] = 122.0
    assert [model.complete(ASK).text for _ in range(2)] == ["fine", "fine"]


def test_faults_of_a_request_or_apart_do_not_rest_a_server():
    passing, own = ModelBusyError("x", 1.0), ModelAccessError("no")
    inner = Scripted(passing, passing, own, passing, passing, "fine", passing, "fine")
    model = Rested(inner, 60.0)
    for _ in range(8):
        with contextlib.suppress(ModelError):
            model.complete(ASK)
    assert len(inner.asked) == 8
    eager = Rested(Scripted(Line(passing, again=True)), 0.0)
    for _ in range(5):
        with pytest.raises(ModelBusyError, match=r"^x$"):
            eager.complete(ASK)


def test_a_model_that_hangs_is_left_alone():
    over = threading.Event()

    def hang(_request):
        over.wait(20)
        return "late"

    model = Timed(Scripted(hang, "fine"), 0.01)
    with pytest.raises(ModelTimeoutError, match=r"0\.01 s"):
        model.complete(ASK)
    over.set()
    assert model.complete(ASK).text == "fine"
    assert model.inner.asked[0].timeout == 0.01


def test_a_cached_reply_costs_nothing_and_survives(tmp_path):
    reply = Reply("Port 22 \ud800\u202e", Usage(5, 3), 1.5, Finish.length, "m-1")
    first = Cached(Scripted(reply), tmp_path)
    assert first.complete(ASK) == reply
    again = Cached(Scripted(), tmp_path).complete(ASK)
    assert again == Reply(reply.text, reply.usage, 0.0, reply.finish, reply.model, cached=True)


@pytest.mark.parametrize(
    "other",
    [
        {"messages": (Message("user", "22/tcp open "),)},
        {"messages": (Message("system", ""), Message("user", "22/tcp open"))},
        {"schema": {"type": "object"}},
        {"schema": {"properties": {"b": {}, "a": {}}}},
        {"seed": 1},
        {"temperature": 0.5},
        {"max_tokens": 5},
        {"stop": ("x",)},
    ],
)
def test_whatever_changes_a_reply_is_part_of_the_key(tmp_path, other):
    model = Scripted("a", "b")
    cached = Cached(model, tmp_path)
    cached.complete(ASK)
    changed = Request(**({"messages": ASK.messages} | other))
    assert cached.complete(changed).text == "b"
    assert cached.complete(changed).cached


def test_another_model_or_file_has_its_own_replies(tmp_path):
    Cached(Scripted("a"), tmp_path).complete(ASK)
    assert Cached(Scripted("b", name="other"), tmp_path).complete(ASK).text == "b"
    assert Cached(Scripted("c"), tmp_path, "5:7").complete(ASK).text == "c"


def test_samples_without_a_seed_are_drawn_anew(tmp_path):
    cached = Cached(Scripted("a", "b"), tmp_path)
    sample = Request(ASK.messages, seed=None, temperature=1.0)
    assert [cached.complete(sample).text for _ in range(2)] == ["a", "b"]
    assert list(tmp_path.iterdir()) == []


def test_faults_are_not_kept(tmp_path):
    cached = Cached(Scripted(ModelServerError("x"), "fine"), tmp_path)
    with pytest.raises(ModelServerError):
        cached.complete(ASK)
    assert cached.complete(ASK).text == "fine"


def test_a_damaged_entry_is_a_miss_and_is_mended(tmp_path):
    Cached(Scripted("true"), tmp_path).complete(ASK)
    (path,) = tmp_path.rglob("*.json")
    whole = path.read_bytes()
    rng = random.Random(5)
    damaged = [b"", b"{}", b"[]", b"null", whole[:-1], whole[: len(whole) // 2], b"\xff" + whole]
    damaged += [whole.replace(b"true", b"lies"), b"[" * 100_000, whole.replace(b"reply", b"x")]
    for _ in range(50):
        place = rng.randrange(len(whole))
        damaged.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    for data in damaged:
        path.write_bytes(data)
        assert Cached(Scripted("again"), tmp_path).complete(ASK).text == "again", data
        path.write_bytes(whole)
        assert Cached(Scripted(), tmp_path).complete(ASK).text == "true"


def test_entries_are_whole_private_and_quiet_about_the_prompt(tmp_path):
    folder = tmp_path / "a" / "cache"
    model = Scripted(Line(lambda request: request.messages[0].content[:3], again=True))
    cached = Cached(model, folder)
    threads = [threading.Thread(target=cached.complete, args=(ASK,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (path,) = [each for each in folder.rglob("*") if each.is_file()]
    assert path.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    assert "22/tcp" not in path.read_text()
    json.loads(path.read_text())


def test_a_cache_that_cannot_be_written_loses_no_reply(tmp_path):
    cached = Cached(Scripted("a"), tmp_path)
    for number in range(256):
        (tmp_path / f"{number:02x}").write_text("in the way")
    assert cached.complete(ASK).text == "a"
    with pytest.raises(UnreadableError, match="no cache"):
        Cached(Scripted(), tmp_path / "00" / "x")


def priced(account, reply_tokens, limits, price=None):
    reply = Reply("x", Usage(10, reply_tokens))
    model = Scripted(Line(lambda _: reply, again=True))
    account.open(model.name, price)
    return Metered(model, account, limits)


def test_the_limit_of_tokens_is_never_passed():
    account = Account()
    model = priced(account, 50, Limits(tokens=350))
    request = Request(ASK.messages, max_tokens=100)
    for _ in range(4):
        model.complete(request)
    with pytest.raises(ModelLimitError, match="of 350 tokens"):
        model.complete(request)
    (totals,) = account.summary().models.values()
    assert totals.usage == Usage(40, 200)


def test_the_spending_limit_holds_for_all_models_of_an_account():
    account = Account()
    dear = priced(account, 100_000, Limits(cost=3.0), Price(0.0, 10.0))
    request = Request(ASK.messages, max_tokens=100_000)
    dear.complete(request)
    dear.complete(request)
    other = Scripted("y", name="other")
    account.open(other.name, Price(0.0, 20.0))
    with pytest.raises(ModelLimitError, match=r"\$2\.0000 of \$3\.0000"):
        Metered(other, account, Limits(cost=3.0)).complete(request)
    assert other.asked == []
    assert account.summary().models["scripted:"].cost == pytest.approx(2.0)
    assert "$2.0000" in account.summary().lines()[0]


def test_what_is_promised_counts_and_is_given_back():
    account, inside, fault = Account(), [], ModelServerError("x")
    limits = Limits(tokens=1500)

    def ask_again(_request):
        with pytest.raises(ModelLimitError):
            model.complete(ASK)
        inside.append(True)
        raise fault

    model = Metered(Scripted(ask_again, "fine"), account, limits)
    with pytest.raises(ModelServerError):
        model.complete(ASK)
    assert inside
    assert model.complete(ASK).text == "fine"


def test_a_spending_limit_needs_a_price(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    limited = LlmSettings(max_cost=1.0)
    with pytest.raises(SettingsError, match="set a price"):
        open_model("openai:mystery@https://llm.example/v1", limited)
    open_model(
        "openai:mystery@https://llm.example/v1", LlmSettings(max_cost=1.0, price=(1, 2))
    ).close()
    open_model("openai:gpt-4o-mini-2024-07-18", limited).close()


def test_prices_are_found_by_name_with_its_date():
    assert known_price("claude-sonnet-4-5-20250929") == Price(3.0, 15.0)
    assert known_price("claude-3-5-haiku-latest") == Price(0.8, 4.0)
    assert known_price("gpt-4o-mini") == Price(0.15, 0.6)
    assert known_price("gpt-4o-audio-preview") is None
    assert known_price("") is None
    assert known_context("gpt-4o-2024-08-06") == 128_000


def test_settings_refuse_what_they_do_not_know():
    for wrong in (
        {"retires": 1},
        {"timeout": 0},
        {"concurrency": 0},
        {"max_cost": -1},
        {"price": (1, -1)},
    ):
        with pytest.raises(ValueError):
            LlmSettings(**wrong)


def test_faults_are_counted_by_cause():
    account = Account()
    model = Accounted(Scripted("a", ModelBusyError("x"), ModelBusyError("y")), account)
    model.complete(ASK)
    for _ in range(2):
        with pytest.raises(ModelError):
            model.complete(ASK)
    (totals,) = account.summary().models.values()
    assert (totals.requests, dict(totals.faults)) == (3, {"busy": 2})


@given(st.text(max_size=40), st.integers(1, 40), st.text(max_size=60))
def test_a_repetition_is_seen_wherever_it_began(piece, length, before):
    piece = (piece or "x")[:length]
    assert endless(before + piece * (1 + 400 // len(piece)) * 2)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300, unique=True))
def test_a_list_of_different_things_is_no_repetition(numbers):
    assert not endless("".join(f"port {number} is open\n" for number in numbers))


@given(st.text())
def test_a_plain_text_can_be_sent_and_stays_plain(text):
    once = plain(text)
    once.encode()
    assert plain(once) == once


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<[\0")))
def test_a_text_without_control_marks_is_not_changed(text):
    assert plain(text) == text


@given(st.text())
def test_an_estimate_is_no_fewer_than_words_and_no_more_than_bytes(text):
    estimate = estimate_tokens(text)
    assert 0 <= estimate <= 1.2 * len(text.encode("utf-8", "replace")) + 1


def test_a_secret_is_not_shown():
    secret = Secret("sk-0123456789abcdef")
    assert "0123" not in repr(secret) + str(secret) + f"{secret}"
    quoted = secret.quote(
        "bad\x1b[31m key sk-0123456789abcdef or sk-live-9876543210abcdef" + "x" * 999
    )
    assert "\x1b" not in quoted
    assert "0123456789" not in quoted
    assert "9876543210" not in quoted
    assert len(quoted) < 300
