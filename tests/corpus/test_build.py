"""The corpus: the same bytes from the same runs, also after a kill; parts that share nothing."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from decloak.acquire.store import RunStore
from decloak.core.errors import InputError, StoreError
from decloak.core.iob import tagged
from decloak.corpus.build import Settings, build
from decloak.corpus.dedup import Index, likeness, shingles
from decloak.corpus.export import export_corpus
from decloak.corpus.foreign import read_foreign
from decloak.corpus.parquet import read_corpus
from decloak.corpus.reports import templates
from decloak.corpus.sample import Label, Sample
from decloak.corpus.slice import write_slice
from decloak.corpus.stats import corpus_stats

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "flint",
    "grove",
    "harbor",
    "indigo",
    "jade",
    "kelp",
    "lotus",
    "maple",
    "noble",
]
PRODUCTS = (("OpenSSH", "ssh"), ("nginx", "http"), ("vsftpd", "ftp"), ("Exim smtpd", "smtp"))


def scan(rng: random.Random, address: str, name: str) -> dict[str, str]:
    """One host in three layouts, as Nmap writes them."""
    rows, ports, items = [], [], []
    for product, service in rng.sample(PRODUCTS, 3):
        number, version = rng.randint(1, 9999), f"{rng.randint(1, 9)}.{rng.randint(0, 30)}"
        rows.append(f"{number}/tcp open  {service} {product} {version}")
        ports.append(
            f'<port protocol="tcp" portid="{number}"><state state="open"/><service name="{service}" '
            f'product="{product}" version="{version}"/></port>'
        )
        items.append(f"{number}/open/tcp//{service}//{product} {version}/")
    normal = f"Nmap scan report for {name} ({address})\nHost is up.\nPORT STATE SERVICE VERSION\n"
    xml = (
        f'<nmaprun version="7.93"><host><status state="up"/><address addr="{address}" addrtype="ipv4"/>'
        f'<hostnames><hostname name="{name}"/></hostnames><ports>{"".join(ports)}</ports></host></nmaprun>'
    )
    grepable = f"Host: {address} ({name})\tStatus: Up\nHost: {address} ({name})\tPorts: {', '.join(items)}\n"
    return {"normal": normal + "\n".join(rows) + "\n", "xml": xml, "grepable": grepable}


def answers(rng: random.Random, zone: str) -> dict[str, str]:
    """A query in two layouts, as dig writes them."""
    records = [f"{word}.{zone}. {rng.randint(60, 9999)} IN A 192.0.2.{rng.randint(1, 254)}"
               for word in rng.sample(WORDS, 4)]  # fmt: skip
    head = f"; <<>> DiG 9.18.4 <<>> {zone} ANY\n;; QUESTION SECTION:\n;{zone}.\tIN\tANY\n;; ANSWER SECTION:\n"
    yaml = "- message:\n    response_message_data:\n      ANSWER_SECTION:\n"
    lines = "".join("        - '" + record + "'\n" for record in records)
    return {"stdout": head + "\n".join(records).replace(" ", "\t") + "\n", "yaml": yaml + lines}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, make_run) -> Path:
    """A hundred and twenty hosts with their zones."""
    run = make_run
    store = RunStore(tmp_path_factory.mktemp("runs"))
    rng = random.Random(11)
    for i in range(120):
        zone = f"{rng.choice(WORDS)}{rng.choice(WORDS)}{i}.example"
        address = f"198.51.{i}.{rng.randint(1, 254)}"
        store.append(run("nmap", address, scan(rng, address, f"www.{zone}")))
        store.append(run("dig", zone, answers(rng, zone)))
    return store.folder


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def corpus(runs, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("corpus") / "one"
    build(Settings(runs, out, samples=2500))
    return out


def test_the_same_seed_gives_the_same_bytes_whatever_the_processes(runs, corpus, tmp_path):
    build(Settings(runs, tmp_path / "two", samples=2500, processes=2))
    assert digest(tmp_path / "two") == digest(corpus)


def test_another_seed_gives_another_corpus(runs, corpus, tmp_path):
    build(Settings(runs, tmp_path / "other", seed=1, samples=2500))
    assert digest(tmp_path / "other") != digest(corpus)


def test_a_killed_build_goes_on_and_ends_with_the_same_bytes(runs, corpus, tmp_path):
    out = tmp_path / "killed"
    code = (
        "import sys; from pathlib import Path; from decloak.corpus.build import Settings, build\n"
        "build(Settings(Path(sys.argv[1]), Path(sys.argv[2]), samples=2500))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(runs), str(out)], start_new_session=True
    )
    wanted = out / ".work" / "samples-020.jsonl.gz"
    while process.poll() is None and not wanted.exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert wanted.exists()
    assert not (out / "corpus.json").exists()
    before = wanted.stat().st_mtime_ns
    build(Settings(runs, out, samples=2500), lambda step, done, _of: seen.append((step, done)))
    assert digest(out) == digest(corpus)
    assert before  # what was finished was not drawn again:
    assert ("draw", 1) not in seen
    assert not any(step == "label" for step, _ in seen)


seen: list[tuple[str, int]] = []


def test_every_label_covers_what_it_says(corpus):
    for sample in read_corpus(corpus):
        assert sample.problems() == []
        assert sample.split in {"train", "validation", "test"}
        for each in sample.entities:
            assert each.value


def test_no_group_and_no_near_duplicate_is_in_two_parts(corpus):
    parts: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    for sample in read_corpus(corpus):
        parts.setdefault(sample.group, set()).add(sample.split)
        for each in sample.entities:
            if each.label == "DOMAIN" and not sample.perturbed and each.value.endswith(".example"):
                names.setdefault(each.value.split(".", each.value.count(".") - 1)[-1], set()).add(
                    sample.split
                )
    assert all(len(each) == 1 for each in parts.values())
    stats = corpus_stats(read_corpus(corpus))
    assert stats["duplicates_across_splits"] == 0
    assert set(stats["splits"]) == {"train", "validation", "test"}
    # A zone's name is in one part, whatever tool printed it.
    assert all(len(each) == 1 for each in names.values())


def test_the_parts_are_alike(corpus):
    differences = corpus_stats(read_corpus(corpus))["largest_difference"]
    # A hundred bundles cannot be dealt out more evenly; test_split holds many to two points.
    assert max(differences.values()) < 7


def test_unseen_attacks_are_in_the_test_part_only(corpus):
    held = {}
    for sample in read_corpus(corpus):
        for family in sample.perturbed:
            held.setdefault(family, set()).add(sample.split)
    assert held["bidi"] == {"test"}
    assert held["percent"] == {"test"}
    assert "train" in held["defang"]


def test_no_wording_of_a_report_is_in_two_parts():
    for section in ("title", "filler", "host", "port", "ports", "zone", "record", "contact"):
        held = [set(templates(section, part)) for part in ("train", "validation", "test")]
        assert all(held)
        assert not held[0] & held[1]
        assert not held[1] & held[2]
        assert not held[0] & held[2]


def test_a_folder_with_another_corpus_is_left_alone(runs, corpus):
    before = digest(corpus)
    with pytest.raises(InputError, match="another corpus"):
        build(Settings(runs, corpus, seed=99, samples=2500))
    assert digest(corpus) == before
    assert build(Settings(runs, corpus, samples=2500))["samples"] > 1000


def test_no_store_and_a_store_without_twins_say_so(tmp_path, run):
    with pytest.raises(InputError, match="no store"):
        build(Settings(tmp_path / "nothing", tmp_path / "out"))
    store = RunStore(tmp_path / "runs")
    store.append(run("whois", "x.example", {"stdout": "Domain: x.example\n"}))
    with pytest.raises(InputError, match="twin"):
        build(Settings(store.folder, tmp_path / "out"))


def test_a_folder_that_cannot_be_written_keeps_what_there_is(runs, tmp_path, monkeypatch):
    from decloak.corpus import assemble

    def full(*_args):
        raise OSError(28, "No space left on device", "data/train.parquet")

    monkeypatch.setattr(assemble, "Writer", full)
    with pytest.raises(StoreError, match=r"no space left.*run the same command again"):
        build(Settings(runs, tmp_path / "full", samples=200))
    assert (tmp_path / "full" / ".work" / "samples-063.jsonl.gz").exists()
    monkeypatch.undo()
    assert build(Settings(runs, tmp_path / "full", samples=200))["samples"]


def test_the_card_tells_every_count(corpus):
    card, manifest = (
        (corpus / "README.md").read_text(),
        json.loads((corpus / "corpus.json").read_text()),
    )
    assert card.startswith("---\nlicense: cc0-1.0\n")
    for count in (*manifest["by_label"].values(), manifest["tokens"], manifest["samples"]):
        assert f"{count:,}" in card
    assert "{" not in (corpus / "DATASHEET.md").read_text()


def test_hugging_face_loads_the_folder(corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    code = (
        "import sys, json; from datasets import load_dataset\n"
        f"made = load_dataset(sys.argv[1], cache_dir={str(tmp_path)!r})\n"
        "print(json.dumps({k: v.num_rows for k, v in made.items()}))\n"
        "row = made['train'][0]; e = row['entities'][0]; print(row['text'][e['start']:e['end']] != '')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(corpus)], capture_output=True, text=True, check=True
    )
    rows, shown = done.stdout.splitlines()
    splits = json.loads((corpus / "corpus.json").read_text())["splits"]
    assert json.loads(rows) == {name: part["samples"] for name, part in splits.items()}
    assert shown == "True"


def test_spacy_reads_the_docbin(corpus, tmp_path):
    counts = export_corpus(read_corpus(corpus), "spacy", tmp_path)
    code = (
        "import sys, spacy; from spacy.tokens import DocBin\n"
        "docs = list(DocBin().from_disk(sys.argv[1]).get_docs(spacy.blank('xx').vocab))\n"
        "print(len(docs), sum(len(d.ents) for d in docs)); print(docs[0].text, end='')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "test.spacy")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    first, _, text = done.stdout.partition("\n")
    samples = [sample for sample in read_corpus(corpus) if sample.split == "test"]
    assert first == f"{len(samples)} {sum(len(s.entities) for s in samples)}"
    assert text.replace("\r\n", "\n") == samples[0].text.replace("\r\n", "\n")
    assert counts["test"] == len(samples)


def test_conll_has_every_entity_once(corpus, tmp_path):
    export_corpus(read_corpus(corpus), "conll", tmp_path)
    begins = Counter(
        line.rpartition("\tB-")[2].strip()
        for line in (tmp_path / "validation.conll").read_text("utf-8").splitlines()
        if "\tB-" in line
    )
    labels = Counter(
        e.label for s in read_corpus(corpus) if s.split == "validation" for e in s.entities
    )
    assert begins == labels


def test_tokens_are_cut_where_an_entity_begins_inside_a_word():
    sample = Sample("x", "at OpenSSH_9.2p1 end", "nmap", "g", (
        Label(3, 10, "SOFTWARE", "OpenSSH", "p"), Label(11, 16, "VERSION", "9.2p1", "p"),
    ))  # fmt: skip
    assert [(sample.text[a:b], tag) for a, b, tag in tagged(sample.text, sample.entities)] == [
        ("at", "O"), ("OpenSSH", "B-SOFTWARE"), ("_", "O"), ("9", "B-VERSION"), (".", "I-VERSION"),
        ("2p1", "I-VERSION"), ("end", "O"),
    ]  # fmt: skip


def test_json_lines_come_back_as_they_were(corpus, tmp_path):
    export_corpus(read_corpus(corpus), "jsonl", tmp_path)
    assert list(read_corpus(tmp_path / "test.jsonl")) == [
        sample for sample in read_corpus(corpus) if sample.split == "test"
    ]


def test_a_slice_is_short_even_and_read_back(corpus, tmp_path):
    count = write_slice(read_corpus(corpus), 40, tmp_path)
    samples = list(read_corpus(tmp_path / "slice.jsonl"))
    assert len(samples) == count == 40
    assert Counter(sample.source for sample in samples) == dict.fromkeys(
        ("nmap", "dig", "report", "mixed"), 10
    )
    assert max(len(sample.text) for sample in samples) <= 1800
    assert "40 samples" in (tmp_path / "README.md").read_text()


def test_near_duplicates_are_found_and_others_are_not():
    rng = random.Random(3)
    texts = [" ".join(rng.choices(WORDS, k=60)) for _ in range(50)]
    index = Index()
    for text in texts:
        assert list(index.like(shingles(text))) == []
        index.add(shingles(text))
    near = texts[7] + " one more"
    assert list(index.like(shingles(near))) == [7]
    assert likeness(shingles(near), shingles(texts[7])) > 0.9


def test_rows_by_others_are_for_training_only(runs, tmp_path):
    rows = tmp_path / "others.jsonl"
    row = {
        "id": "a/1", "source": "report", "license": "MIT", "text": "APT28 used Foo on Windows",
        "gold": {"kind": "spans", "entities": [
            {"start": 0, "end": 5, "label": "THREAT_ACTOR", "text": "APT28"},
            {"start": 11, "end": 14, "label": "SYSTEM", "text": "Foo", "native": "System"},
            {"start": 18, "end": 25, "label": "NOT_OURS", "text": "Windows"},
        ]},
    }  # fmt: skip
    rows.write_text(json.dumps(row) + "\n")
    (sample,) = read_foreign([rows])
    assert [(e.label, e.value) for e in sample.entities] == [
        ("THREAT_ACTOR", "APT28"),
        ("SOFTWARE", "Foo"),
    ]
    made = build(Settings(runs, tmp_path / "out", samples=100, extra=(rows,)))
    assert made["extra"]["splits"]["train"]["samples"] == 1
    assert all(s.source != "foreign-report" for s in read_corpus(tmp_path / "out"))
    extra = [s for s in read_corpus(tmp_path / "out", extra=True) if s.source == "foreign-report"]
    assert [(s.split, s.license) for s in extra] == [("train", "MIT")]
    assert "config_name: extra" in (tmp_path / "out" / "README.md").read_text()


def test_a_damaged_row_by_others_names_its_line(tmp_path):
    rows = tmp_path / "others.jsonl"
    rows.write_text('{"id": 1}\n')
    with pytest.raises(InputError, match=r"others\.jsonl:1"):
        list(read_foreign([rows]))


@pytest.mark.shared
def test_the_shared_rows_can_be_imported():
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no shared data beside the checkout")
    samples = list(read_foreign(sorted(folder.glob("*.jsonl"))))
    assert len(samples) > 10_000
    assert {sample.split for sample in samples} == {"train"}
    assert len({sample.license for sample in samples}) >= 3


def test_an_exported_slice_is_read_from_its_folder() -> None:
    folder = Path(__file__).parents[2] / "data" / "slice"
    assert list(read_corpus(folder)) == list(read_corpus(folder / "slice.jsonl"))
