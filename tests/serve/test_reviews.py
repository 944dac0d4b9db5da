"""Review over HTTP: scopes, names, decisions that outlive the service, labelled text."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from decloak.review import ReviewStore
from decloak.serve.auth import Scope, add_token

TEXT = "Seen printer.foo and printer.foo again; main.py asked server01.internal, said Contoso. \U0001f600 x.foo"


@pytest.fixture(scope="module")
def served(tmp_path_factory, serving):
    folder = tmp_path_factory.mktemp("reviews")
    names = {"eye": Scope.READ, "ann": Scope.REVIEW, "bob": Scope.REVIEW, "boss": Scope.ADMIN}
    keys = {name: add_token(folder / "tokens", name, scope) for name, scope in names.items()}
    with serving(folder, "--tokens", folder / "tokens", "--reviews", folder / "r.sqlite") as made:
        made.keys, made.store = keys, folder / "r.sqlite"
        yield made


@pytest.fixture
def ask(served):
    def call(who, method, path, **more):
        headers = {"authorization": f"Bearer {served.keys[who]}"}
        return served.client.request(method, f"/v1/review{path}", headers=headers, **more)

    return call


@pytest.fixture(scope="module")
def document(served):
    headers = {"authorization": f"Bearer {served.keys['ann']}"}
    body = {"text": TEXT, "id": "a", "options": {"output": {"review": True}}}
    (found,) = served.client.post("/v1/extract", json=body, headers=headers).json()["results"]
    body = {"id": "a", "source": found["source"], "text": TEXT, "entities": found["entities"]}
    answer = served.client.post("/v1/review/documents", json=body, headers=headers)
    assert (answer.status_code, answer.json()["new"]) == (200, len(found["entities"]))
    return answer.json()["document"]


def test_each_scope_has_its_own(ask, document):
    said = ask("eye", "GET", "").json()
    assert (said["enabled"], said["reviewer"], said["may_review"]) == (True, "eye", False)
    assert ask("eye", "GET", "/stats").json()["documents"] >= 1  # another test adds one
    for path in ("/next", "/conflicts", "/items/1", "/decided"):
        assert ask("eye", "GET", path).status_code == 403
    assert ask("ann", "GET", "/export").status_code == 403
    assert ask("ann", "GET", "/next", params={"reviewer": "bob"}).status_code == 403
    assert ask("ann", "POST", "/undo", json={"reviewer": "bob"}).status_code == 403
    assert ask("ann", "GET", "").json()["may_review"]
    assert document == 1


def test_two_people_decide_and_disagree_and_one_takes_it_back(ask, document):
    items = ask("ann", "GET", "/next").json()
    first = next(each for each in items if each["alike"] > 1)
    assert first["before"] + first["text"] + first["after"] == TEXT
    answer = ask(
        "ann", "POST", f"/items/{first['id']}/decisions", json={"action": "accept", "alike": True}
    )
    assert len(answer.json()["items"]) == first["alike"]
    assert answer.json()["left"] == len(items) - first["alike"]
    ask("bob", "POST", f"/items/{first['id']}/decisions", json={"action": "reject"})
    (conflict,) = ask("bob", "GET", "/conflicts").json()
    assert [each["reviewer"] for each in conflict["decisions"]] == ["ann", "bob"]
    stats = ask("eye", "GET", "/stats").json()
    assert stats["agreements"] == [
        {"first": "ann", "second": "bob", "both": 1, "same": 0, "kappa": 0.0}
    ]
    assert ask("bob", "POST", "/undo", json={}).json()["items"] == [first["id"]]
    assert ask("bob", "GET", "/conflicts").json() == []
    history = ask("ann", "GET", f"/items/{first['id']}").json()["history"]
    assert [each["action"] for each in history] == ["accept", "reject", "undo"]
    start = TEXT.index("Contoso")
    missed = {"start": start, "end": start + 7, "label": "ORGANIZATION"}
    (number,) = ask("bob", "POST", f"/documents/{document}/missed", json=missed).json()["items"]
    assert ask("bob", "GET", "/decided").json()[0]["id"] == number
    rows = [json.loads(line) for line in ask("boss", "GET", "/export").text.splitlines()]
    assert (start, "ORGANIZATION") in {(e["start"], e["label"]) for e in rows[0]["entities"]}
    tokens = ask("boss", "GET", "/export", params={"format": "conll"}).text
    assert "Contoso\tB-ORGANIZATION\n" in tokens


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/items/1/decisions", {"action": "burn"}, 422),
        ("POST", "/items/1/decisions", {"action": "change"}, 422),
        ("POST", "/items/1/decisions", {"action": "change", "label": "NOPE"}, 422),
        ("POST", "/items/1/decisions", {"action": "change", "start": 9, "end": 1}, 422),
        ("POST", "/items/1/decisions", {"action": "change", "start": 10**40, "end": 10**41}, 422),
        ("POST", "/items/1/decisions", [], 422),
        ("POST", "/items/99999999999999999999/decisions", {"action": "accept"}, 422),
        ("POST", "/items/77777/decisions", {"action": "accept"}, 404),
        ("POST", "/documents/77777/missed", {"start": 0, "end": 1, "label": "OS"}, 404),
        ("POST", "/documents", {"id": "x", "text": "a", "entities": [
            {"start": 0, "end": 9, "label": "OS", "value": "a", "confidence": 1, "status": "accepted"}]}, 422),
        ("POST", "/documents", {"id": "x\x00\u202e", "text": "a\x00b\u202e", "entities": [
            {"start": 1, "end": 2, "label": "OS", "value": "\x00", "confidence": 0.5, "status": "review"}]}, 200),
        ("GET", "/items/77777", None, 404),
        ("GET", "/next?most=0", None, 422),
        ("GET", "/next?skip=x", None, 422),
        ("GET", "/nothing", None, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_form(ask, document, method, path, body, status):
    answer = ask("ann", method, path, json=body)
    assert answer.status_code == status
    assert status == 200 or set(answer.json()["error"]) >= {"type", "message"}
    assert document


def test_no_decision_that_was_answered_is_lost_when_the_service_is_killed(tmp_path, serving):
    place = tmp_path / "r.sqlite"
    found = {"label": "OS", "value": "x", "confidence": 0.5, "status": "review"}
    entities = [{**found, "start": n, "end": n + 1} for n in range(40)]
    with serving(tmp_path, "--reviews", place) as made:
        body = {"id": "a", "text": "x" * 40, "entities": entities}
        assert made.client.post("/v1/review/documents", json=body).status_code == 200

        def decide(number):
            who = f"reviewer {number % 4}"
            body = {"action": "accept", "reviewer": who}
            try:
                answer = made.client.post(f"/v1/review/items/{number}/decisions", json=body)
            except Exception:  # noqa: BLE001 - killed in between: nothing was answered
                return None
            if number == 30:
                made.process.send_signal(signal.SIGKILL)
            return number if answer.status_code == 200 else None

        with ThreadPoolExecutor(4) as pool:
            told = {each for each in pool.map(decide, range(1, 41)) if each}
    store = ReviewStore(place)
    kept = {number for number in range(1, 41) if store.history(number)}
    assert 30 in told
    assert told <= kept
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_asked_about_reviews_gets_an_answer_that_is_described(tmp_path, serving, mode):
    with (
        serving(tmp_path, "--reviews", tmp_path / "r.sqlite") as made,
        requests.Session() as session,
    ):
        found = {"label": "OS", "value": "x", "confidence": 0.5, "status": "review"}
        entities = [{**found, "start": n, "end": n + 1} for n in range(9)]
        body = {"id": "a", "text": "x" * 40, "entities": entities}
        assert made.client.post("/v1/review/documents", json=body).status_code == 200
        described = schemathesis.openapi.from_url(f"{made.url}/openapi.json")
        operations = [each.ok() for each in described.get_all_operations()]
        operations = [each for each in operations if each.path.startswith("/v1/review")]
        if mode is GenerationMode.NEGATIVE:  # what takes nothing can be given nothing wrong
            operations = [each for each in operations if each.body or each.query]

        assert len(operations) > 5

        @settings(
            max_examples=120, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(
            st.sampled_from(operations).flatmap(lambda each: each.as_strategy(generation_mode=mode))
        )
        def check(case):
            # Which places are in a text, and what a change needs, JSON Schema does not say.
            answer = case.call(session=session, timeout=60)
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])

        check()
