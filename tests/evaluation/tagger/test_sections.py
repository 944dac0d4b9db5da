"""Pages made piece by piece."""

import pytest

from decloak.core.errors import InputError
from decloak.evaluation.tagger.sections import command_line, put


def test_sections_are_replaced_and_words_between_them_stay(tmp_path):
    page = tmp_path / "docs" / "page.md"
    put(page, "one", "first")
    put(page, "two", "second")
    page.write_text("# Title\n\n" + page.read_text().replace("second", "second\n") + "\nThe end.\n")
    put(page, "one", r"new \1 text")
    text = page.read_text()
    assert text.startswith("# Title")
    assert text.endswith("The end.\n")
    assert "first" not in text
    assert r"new \1 text" in text
    assert text.index("new") < text.index("second")
    put(page, "one", r"new \1 text")
    assert page.read_text() == text


def test_half_a_mark_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- one: generated -->\n")
    with pytest.raises(InputError, match="one of the marks"):
        put(page, "one", "text")


def test_commands_are_shown_without_paths_of_one_machine():
    shown = command_line(
        "python -m x",
        ["tagger", "--corpus", "/home/me/corpus", "--data", "../shared/data", "--cache=/tmp/a",
         "--jobs", "2", "--documents", "50", "--into", "docs/page.md", "--robust=/m"],
    )  # fmt: skip
    assert shown == (
        "python -m x tagger --corpus CORPUS --data ../shared/data --documents 50 --robust ROBUST"
    )
