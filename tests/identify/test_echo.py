"""Sentences of the worked example are no report on the data."""

import pytest

from decloak.config import Settings
from decloak.core.document import Document
from decloak.identify.echo import without_echoes
from decloak.identify.select import templates
from decloak.llm import Line, Scripted
from decloak.pipeline import Pipeline

EXAMPLES = [(t.name, number) for t in templates() for number in range(len(t.examples))]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_a_sentence_of_the_example_goes_where_the_data_lacks_what_it_names(name, number):
    [example] = [t.examples[number] for t in templates() if t.name == name]
    true = "Something else is said."
    kept = without_echoes(f"{example.narrative}\n{true}", example, "nothing of it")
    assert true in kept
    for _, text in example.entities:
        assert text not in kept.replace(true, "")
    assert without_echoes(example.narrative, example, example.data) == example.narrative


def test_a_reply_that_is_nothing_but_the_example_is_not_emptied():
    example = next(t.examples[1] for t in templates() if t.name.startswith("nmap-host"))
    last = example.narrative.splitlines()[-1]
    assert without_echoes(last, example, "22/tcp open ssh") == last


def test_a_port_of_the_example_is_not_told_of_the_data():
    text = "Nmap scan report for 192.0.2.1. Host is up (0.2s latency). 22/tcp open ssh. " * 3
    echo = "Port 8443/tcp is closed; its service is https-alt."
    model = Scripted(Line(f"The host 192.0.2.1 is up. Port 22/tcp is open. {echo}", again=True))
    settings = Settings(llm_mode="narrative", llm_rounds=1, llm_critique=False, trace=True)
    result = Pipeline(settings, model).run(Document("-", text))
    assert echo in model.asked[0].messages[2].content
    told = result.identification["rounds"][0]["narrative"]
    assert "22/tcp" in told
    assert "8443" not in told
