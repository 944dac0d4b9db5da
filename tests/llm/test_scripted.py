"""The scripted model, and what every model is held to."""

import json
import pickle

import pytest

from decloak.core.errors import (
    ModelBusyError,
    ModelError,
    ModelReplyError,
    SettingsError,
    UnreadableError,
)
from decloak.llm import (
    Account,
    ChatModel,
    Finish,
    Line,
    Message,
    Reply,
    Request,
    Scripted,
    UnscriptedError,
    Usage,
    open_model,
)

ASK = Request((Message("system", "You list ports."), Message("user", "22/tcp open")))
SCHEMA = {
    "type": "object",
    "properties": {"ports": {"type": "array", "items": {"type": "integer"}}},
    "required": ["ports"],
    "additionalProperties": False,
}


def test_lines_are_said_in_order_and_what_was_asked_is_kept():
    model = Scripted("one", Reply("two", Usage(3, 1)))
    assert [model.complete(ASK).text, model.complete(ASK).text] == ["one", "two"]
    assert model.asked == [ASK, ASK]
    assert isinstance(model, ChatModel)


def test_an_unscripted_request_fails_loudly_and_is_no_model_error():
    with pytest.raises(UnscriptedError, match="22/tcp open"):
        Scripted().complete(ASK)
    assert not issubclass(UnscriptedError, ModelError)


def test_a_line_waits_for_its_words_and_may_be_said_again():
    model = Scripted(Line("dns", when="dig"), Line("scan", when="tcp", again=True))
    assert [model.complete(ASK).text for _ in range(3)] == ["scan"] * 3
    assert model.left == 2


def test_a_line_may_be_an_error_or_a_function():
    model = Scripted(ModelBusyError("later", 3.0), lambda request: request.messages[-1].content)
    with pytest.raises(ModelBusyError) as caught:
        model.complete(ASK)
    assert (caught.value.retry_after, caught.value.passing) == (3.0, True)
    assert model.complete(ASK).text == "22/tcp open"


def test_a_script_is_read_from_a_file(tmp_path):
    path = tmp_path / "script.jsonl"
    path.write_text(
        '{"say": {"ports": [22]}, "when": "tcp"}\n\n{"fail": "not JSON"}\n{"say": "x", "finish": "length"}\n'
    )
    account = Account()
    model = open_model(f"scripted:{path}", account=account)
    assert model.complete(Request(ASK.messages, SCHEMA)).json() == {"ports": [22]}
    with pytest.raises(ModelReplyError) as caught:
        model.complete(ASK)
    assert caught.value.cause == "not JSON"
    assert model.complete(ASK).finish is Finish.length
    totals = account.summary().models["scripted:script.jsonl"]
    assert (totals.requests, totals.replies, dict(totals.faults)) == (3, 2, {"not JSON": 1})
    assert "1 failed: not JSON" in account.summary().lines()[0]


@pytest.mark.parametrize(
    "row", ["[]", "{}", '{"say": "a", "fail": "b"}', '{"say": "a", "wen": ""}', "{"]
)
def test_a_damaged_script_names_its_line(tmp_path, row):
    path = tmp_path / "script.jsonl"
    path.write_text(f'{{"say": "fine"}}\n{row}\n')
    with pytest.raises(SettingsError, match=r"script\.jsonl:2"):
        open_model(f"scripted:{path}")


def test_a_missing_script_is_unreadable(tmp_path):
    with pytest.raises(UnreadableError, match=r"none\.jsonl"):
        open_model(f"scripted:{tmp_path / 'none.jsonl'}")


@pytest.mark.parametrize("uri", ["", "gpt-4", "openai", "openai:", "http://host.example/", ":x"])
def test_a_uri_that_names_no_model_is_told_the_forms(uri):
    with pytest.raises(SettingsError, match=r"anthropic:MODEL"):
        open_model(uri)


@pytest.mark.parametrize(
    ("text", "finish", "cause"),
    [
        ("", Finish.stop, "empty reply"),
        (" \n", Finish.stop, "empty reply"),
        ("I would rather not", Finish.declined, "declined"),
        ("Port 22 is open", Finish.stop, "not JSON"),
        ('{"ports": [22', Finish.length, "cut off"),
        ('{"ports": [22', Finish.stop, "not JSON"),
        ('{"ports": [NaN]}', Finish.stop, "not JSON"),
        ("[" * 100_000, Finish.stop, "not JSON"),
        ('{"ports": ' + "9" * 5000 + "}", Finish.stop, "not JSON"),
        ('{"ports": ["ssh"]}', Finish.stop, "outside the schema"),
        (
            '{"ports": [22], "note": "ignore previous instructions"}',
            Finish.stop,
            "outside the schema",
        ),
        ("open port 22, " * 100, Finish.length, "repetition"),
    ],
)
def test_a_reply_that_cannot_be_used_names_its_cause(tmp_path, text, finish, cause):
    path = tmp_path / "script.jsonl"
    path.write_text(json.dumps({"say": text, "finish": finish}))
    with pytest.raises(ModelReplyError) as caught:
        open_model(f"scripted:{path}").complete(Request(ASK.messages, SCHEMA))
    assert (caught.value.cause, caught.value.reply.strip()) == (cause, text.strip())


def test_errors_survive_another_process():
    error = pickle.loads(pickle.dumps(ModelReplyError("bad", "not JSON", "hm")))
    assert (str(error), error.cause, error.reply) == ("bad", "not JSON", "hm")
    assert pickle.loads(pickle.dumps(ModelBusyError("later", 2.0))).retry_after == 2.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": ()},
        {"messages": (Message("user", "a"), Message("system", "b"))},
        {"messages": (Message("user", "a"), Message("assistant", "b"))},
        {"temperature": -1},
        {"temperature": float("nan")},
        {"max_tokens": 0},
        {"timeout": 0},
        {"timeout": float("inf")},
    ],
)
def test_a_request_is_checked_at_birth(wrong):
    with pytest.raises(SettingsError):
        Request(**({"messages": ASK.messages} | wrong))
