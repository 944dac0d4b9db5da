from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import decloak
from decloak.core.document import Document
from decloak.core.result import Failure
from decloak.core.serialise import failure_output, result_output
from decloak.export.offsets import converter
from decloak.export.schema import output_schema

FROZEN = Path(__file__).parents[2] / "docs" / "output.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(output_schema())
SAMPLES = [
    "",
    "Call hxxps://login[.]example[.]com/a?b or 192.0.2.7, mail abuse@example.org; CVE-2021-44228.",
    (
        "Nmap scan report for scanme.example.com (192.0.2.1)\nHost is up (0.21s latency).\n"
        "PORT   STATE SERVICE VERSION\n22/tcp open  ssh     OpenSSH 8.4p1 Debian 5 (protocol 2.0)\n"
        "Service Info: OS: Linux; CPE: cpe:/o:linux:linux_kernel\n"
    ),
    (
        "Domain Name: EXAMPLE.COM\nRegistrar: Example Registrar Inc.\nName Server: NS1.EXAMPLE.NET\n"
        "Creation Date: 1995-08-14T04:00:00Z\nRegistrant Organization: Example Networks\n"
    ),
    "\ud800 \0 \u202e 192.0.2.1 \U0001f600 2001:db8::1",
]


def test_the_frozen_schema_is_the_one_the_code_makes():
    assert json.loads(FROZEN.read_text("utf-8")) == output_schema(), (
        "the output changed: run `decloak schema > docs/output.schema.json` and say so in CHANGELOG"
    )


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(output_schema())


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
@pytest.mark.parametrize("unit", ["codepoint", "utf16", "bytes"])
def test_real_results_validate(text, unit):
    result = decloak.extract(text, review=True, nested=True)
    convert = converter(Document("-", text), unit)
    VALIDATOR.validate(
        json.loads(json.dumps(result_output(result, review=True, convert=convert, unit=unit)))
    )


def test_failures_validate_and_other_objects_do_not():
    VALIDATOR.validate(failure_output(Failure("x", "BinaryError", "why")))
    VALIDATOR.validate(failure_output(Failure.of("x", ValueError("why"))))
    VALIDATOR.validate(failure_output(Failure("x", "InternalError", "why", 1, ("a.py:1 in b",))))
    good = result_output(decloak.extract("192.0.2.1"))
    for bad in (
        {},
        good | {"more": 1},
        good | {"offsets": "lines"},
        good | {"records": [{"kind": "x"}]},
    ):
        assert not VALIDATOR.is_valid(bad)
