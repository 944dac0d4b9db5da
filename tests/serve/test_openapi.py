"""Whatever the OpenAPI allows, and much that it does not, gets an answer that it describes."""

import hypothesis
import hypothesis.strategies as st
import pytest
import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance


@pytest.fixture(scope="module")
def described(service):
    return schemathesis.openapi.from_url(f"{service.url}/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_described(described, mode):
    operations = [each.ok() for each in described.get_all_operations()]
    if mode is GenerationMode.NEGATIVE:  # what takes nothing can be given nothing wrong
        operations = [each for each in operations if each.body or each.query]
    assert operations
    with requests.Session() as session:

        @hypothesis.settings(
            max_examples=60, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        @hypothesis.given(
            st.sampled_from(operations).flatmap(lambda each: each.as_strategy(generation_mode=mode))
        )
        def check(case):
            answer = case.call(session=session, timeout=60)
            said = answer.json()["error"] if answer.status_code in {415, 422} else {}
            # JSON Schema cannot say which names are those of encodings, nor which files are damaged.
            may_be = "id" in said or "encoding" in said.get("message", "")
            unchecked = [positive_data_acceptance] if may_be else []
            case.validate_response(answer, excluded_checks=unchecked)

        check()
