"""Load: who wins, and what is said of what is wrong."""

from __future__ import annotations

import pytest

from decloak.core.errors import SettingsError
from decloak.options import Settings, leaves, load


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(tmp_path):
    file = tmp_path / "decloak.toml"
    file.write_text("[llm]\nrounds = 2\nseed = 3\nprice = [1, 2.5]\n[output]\nlabels = ['URL']\n")
    environ = {
        "DECLOAK_LLM_ROUNDS": "4",
        "DECLOAK_LLM_SAMPLES": "5",
        "HOME": "/",
        "DECLOAK_STORE": "x",
    }
    given = [("llm.samples", "--set llm.samples", "6")]
    made = load(file, environ, given)
    assert made == Settings(
        llm_rounds=4, llm_seed=3, llm_samples=6, llm_price=(1, 2.5), labels={"URL"}
    )
    assert load(file) == Settings(llm_rounds=2, llm_seed=3, llm_price=(1, 2.5), labels={"URL"})
    assert load() == Settings()


def test_every_option_is_reached_from_everywhere(tmp_path):
    for leaf in leaves():
        text = {"none": ""}.get(leaf.default(), leaf.default())
        assert load(environ={leaf.variable: text}) == Settings(), leaf.key
        assert load(given=[(leaf.key, "--set", text)]) == Settings(), leaf.key
        if text:
            (tmp_path / "one.toml").write_text(
                f"[{leaf.group}]\n{leaf.name} = "
                + (
                    repr([text])
                    if leaf.many
                    else text
                    if leaf.switch or text[0].isdigit()
                    else repr(text)
                )
            )
            assert load(tmp_path / "one.toml") == Settings(), leaf.key


def test_nothing_is_none_and_commas_part_several():
    made = load(
        environ={"DECLOAK_LLM_CACHE": "x", "DECLOAK_OUTPUT_LABELS": "url, ip-address"},
        given=[("llm.cache", "--set", ""), ("llm.price", "--set", "0.5,2")],
    )
    assert made == Settings(labels={"URL", "IP_ADDRESS"}, price=(0.5, 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[llm]\nrounds = 40",
            "llm.rounds: 40 is not allowed; allowed: a whole number from 1 to 10",
        ),
        ("[llm]\nruonds = 4", "unknown option 'llm.ruonds'; did you mean llm.rounds"),
        ("[lmm]\nrounds = 4", "unknown table 'lmm'; did you mean llm"),
        ("llm = 3", "llm is a table: write [llm]"),
        ("[llm\n", "this is no TOML"),
        ("[output]\nlabels = 'URL'", "output.labels: 'URL' is not allowed; allowed: names that"),
        ("[output]\nlabels = ['URLS']", "output.labels: unknown label 'URLS'; did you mean URL"),
    ],
    ids=str,
)
def test_a_wrong_file_is_named_with_the_key_and_what_is_allowed(tmp_path, text, said):
    file = tmp_path / "my.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "deep.toml").write_text("a=" + "[" * 100_000)
    for name in ("missing.toml", "bytes.toml", "deep.toml"):
        with pytest.raises(SettingsError, match=name):
            load(tmp_path / name)


def test_wrong_variables_are_named():
    with pytest.raises(SettingsError, match="DECLOAK_LLM_ROUNDS: 'x' is not allowed"):
        load(environ={"DECLOAK_LLM_ROUNDS": "x"})
    with pytest.raises(
        SettingsError, match="'DECLOAK_LLM_RUONDS'; did you mean DECLOAK_LLM_ROUNDS"
    ):
        load(environ={"DECLOAK_LLM_RUONDS": "2"})
