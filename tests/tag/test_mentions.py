from __future__ import annotations

import pytest

import decloak


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [
        ("Both were patched by CF last year.", "ORGANIZATION", "Cloudflare"),
        ("A spokesperson for MS confirmed it.", "ORGANIZATION", "Microsoft"),
        ("GH disclosed the leak on Monday.", "ORGANIZATION", "GitHub"),
        ("Analysts found mongo on the machine.", "SOFTWARE", "MongoDB"),
        ("The host runs an outdated vbox 6.1.2 there.", "SOFTWARE", "VirtualBox"),
        ("They kept a vulnerable ES instance online.", "SOFTWARE", "Elasticsearch"),
        ("Traffic went to AWS, then to GCP.", "ORGANIZATION", "Amazon Web Services"),
    ],
)
def test_doubtful_names_are_believed_in_context(text: str, label: str, value: str) -> None:
    found = [
        (entity.label, entity.value) for entity in decloak.extract(text, tagger="off").entities
    ]
    assert (label, value) in found


@pytest.mark.parametrize(
    "text",
    ["DO NOT REPLY to this.", "It does not go well.", "The file named x was found.",
     "Size: 12 MS per step", "files found named report", "they use go to mean start"],
)  # fmt: skip
def test_doubtful_names_alone_are_not(text: str) -> None:
    assert decloak.extract(text, tagger="off").entities == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("uses ALPHV/BlackCat ransomware now", ["ALPHV", "BlackCat"]),
        ("(Conti/Ryuk) operators", ["Conti", "Ryuk"]),
        ("kept in /opt/Conti/Ryuk there", []),
        ("see example.com/Conti/Ryuk there", []),
        ("Conti/Ryuk/index.html", []),
        ("the folder conti/ryuk", []),
    ],
)
def test_two_names_of_one_thing_are_parted_by_a_slash(text: str, names: list[str]) -> None:
    found = decloak.extract(text, tagger="off").entities
    assert [entity.text for entity in found if entity.label in {"MALWARE", "THREAT_ACTOR"}] == names
