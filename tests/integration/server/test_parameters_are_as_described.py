"""Schemathesis asks what `/openapi.json` describes: any parameters that it allows, and answers must fit it too."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis.strategies import sampled_from
from schemathesis.specs.openapi.checks import positive_data_acceptance

from server.answering.budget import Budget
from server.answering.published_operations import published
from server.answering.questions_in_parameters import QUESTIONS
from server.answering.service import Service
from server.openapi.specification import is_query, specification
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, bearer
from tests.integration.server.sockets import Host, hosted

NAMES = sorted([*QUESTIONS, *(one.name for one in published().values() if is_query(one))])
CASES = 4
# A parameter that fits its schema may still name what is not there: a time zone, a country, a cursor.
EXCLUDED = [positive_data_acceptance]


@pytest.fixture(scope="module")
def host(service: Service) -> Iterator[Host]:
    with hosted(service) as found:
        yield found


@pytest.fixture(scope="module")
def described(service: Service, host: Host) -> Any:
    """Schemathesis' reading of the description."""
    url = f"http://127.0.0.1:{host.port}"
    return url, schemathesis.openapi.from_dict(specification(service.schema.core, service.operations, url))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", NAMES)
def test_any_parameters_are_answered_or_refused_as_described(service: Service, described: Any, name: str) -> None:
    url, schema = described
    roles = {"admin": ADMIN, "analyst": ANALYST, "viewer": VIEWER}

    @hypothesis.seed(NAMES.index(name))
    @hypothesis.settings(
        max_examples=CASES, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=schema[f"/api/{name}"]["GET"].as_strategy(), role=sampled_from(sorted(roles)))
    def ask(case: Any, role: str) -> None:
        service.admission.budget = Budget()
        case.call_and_validate(base_url=url, headers=bearer(roles[role]), excluded_checks=EXCLUDED, timeout=60)

    ask()
