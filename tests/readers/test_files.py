from __future__ import annotations

import os
import socket
from pathlib import Path

from decloak.core.result import Failure
from decloak.readers.files import Choice, Input, key_of, walk


def names(paths, skip=(), choice=None):
    return [
        item.id if isinstance(item, Input) else (item.id, item.message)
        for item in walk(paths, skip, choice)
    ]


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_folder_is_walked_in_sorted_order_hidden_files_on_demand(tmp_path):
    for name in ("b/2", "b/1", "a", ".hidden", "c/.git/x"):
        write(tmp_path / name)
    choice = Choice()
    assert names([str(tmp_path)], choice=choice) == [
        str(tmp_path / name) for name in ("a", "b/1", "b/2")
    ]
    assert choice.passed == 2
    hidden = [str(tmp_path / name) for name in (".hidden", "c/.git/x")]
    found = names([str(tmp_path)], choice=Choice(hidden=True))
    assert set(hidden) <= set(found)
    assert found == sorted(found)
    assert names([hidden[0], str(tmp_path / "c" / ".git")]) == hidden


def test_what_is_excluded_is_passed_over_wherever_it_stands(tmp_path):
    for name in ("a.log", "a.txt", "old/b.txt", "new/old/c.txt", "new/d.txt"):
        write(tmp_path / name)
    base = str(tmp_path)

    def left(*exclude):
        found = names([base], choice=Choice(exclude))
        return [name.removeprefix(f"{base}/") for name in found]

    assert left("*.log", "old") == ["a.txt", "new/d.txt"]
    assert left("new/*.txt") == ["a.log", "a.txt", "old/b.txt"]
    assert left("new/old/") == ["a.log", "a.txt", "new/d.txt", "old/b.txt"]
    assert left("ld", "txt") == ["a.log", "a.txt", "new/d.txt", "new/old/c.txt", "old/b.txt"]
    assert names([f"{base}/a.log", f"{base}/*"], choice=Choice(("a.*",))) == [
        f"{base}/{name}" for name in ("new/d.txt", "new/old/c.txt", "old/b.txt")
    ]


def test_a_link_back_to_a_folder_above_is_named_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "a" / "1")
    write(tmp_path / "z")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    found = names([str(tmp_path)])
    assert found[0] == str(tmp_path / "a" / "1")
    assert found[1][0] == str(tmp_path / "a" / "loop")
    assert "leads back" in found[1][1]
    assert found[2] == str(tmp_path / "z")


def test_folders_that_link_to_each_other_are_entered_once(tmp_path):
    # Without that, each level doubles the work: two links per folder, twenty folders deep.
    for depth in range(20):
        folder = tmp_path / f"d{depth:02}"
        write(folder / "file")
        (folder / "left").symlink_to(tmp_path / f"d{depth + 1:02}")
        (folder / "right").symlink_to(tmp_path / f"d{depth + 1:02}")
    found = [item for item in walk([str(tmp_path / "d00")]) if isinstance(item, Input)]
    assert len(found) == 20


def test_a_link_to_itself_a_missing_target_and_a_pipe_are_failures_that_say_why(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")
    (tmp_path / "b").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "c")
    reasons = [item.message for item in walk([str(tmp_path)]) if isinstance(item, Failure)]
    assert "symbolic links" in reasons[0]
    assert "no such file" in reasons[1]
    assert "no regular file" in reasons[2]


def test_a_socket_is_refused(tmp_path):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        assert "socket" in names([path])[0][1]


def test_globs_are_expanded_in_order_and_an_empty_one_is_a_failure(tmp_path):
    for name in ("b.txt", "a.txt", "c.log", "sub/d.txt", "sub/deep/e.txt", ".f.txt"):
        write(tmp_path / name)
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    base = str(tmp_path)
    assert names([f"{base}/*.txt"]) == [f"{base}/{name}" for name in ("a.txt", "b.txt")]
    assert names([f"{base}/.*.txt"]) == [f"{base}/.f.txt"]
    assert len(names([f"{base}/*.txt"], choice=Choice(hidden=True))) == 3
    assert names([f"{base}/**/[de].txt"]) == [f"{base}/sub/d.txt", f"{base}/sub/deep/e.txt"]
    assert names([f"{base}/*/d.txt"]) == [f"{base}/sub/d.txt"]
    assert "no file matches" in names([f"{base}/*.xml"])[0][1]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path):
    path = write(tmp_path / "a[1].txt")
    assert names([str(path)]) == [str(path)]


def test_the_output_is_no_input_when_a_folder_leads_to_it(tmp_path):
    out = write(tmp_path / "out.jsonl")
    write(tmp_path / "scan.txt")
    skip = {key_of(out.stat())}
    assert names([str(tmp_path)], skip) == [str(tmp_path / "scan.txt")]
    assert names([str(out)], skip) == [str(out)]


def test_walking_is_lazy(tmp_path):
    write(tmp_path / "a")
    items = walk([str(tmp_path), "\0", "-"])
    assert next(items).id == str(tmp_path / "a")
    assert isinstance(next(items), Failure)
    assert next(items) == Input("-", None)
