"""graphql-eslint's recommended rules pass, for the schema and for the published operations."""

import json

import pytest

from tests.clients.conftest import FOLDER, installed
from tests.conftest import ROOT
from tests.support.node import ended

# What is said and stays: a measure's and a source's own names, a name that is published, and a directive of GraphQL's.
STAYS = {
    'Query "Subscriptions" should not have "Subscription" prefix',
    'Field "rating" starts with the name of the parent type "Rating"',
    'Field "ratingDate" starts with the name of the parent type "Rating"',
    'Field "username" starts with the name of the parent type "User"',
    'Description is required for directive "oneOf"',
}


@pytest.mark.slow
def test_the_recommended_rules_find_nothing_else() -> None:
    folder = installed(FOLDER / "lint")
    eslint = folder / "node_modules" / "eslint" / "bin" / "eslint.js"
    linted = ["client/operations/*.graphql", "schema/schema.graphql"]
    done = ended(ROOT, "node", str(eslint), "-c", str(folder / "eslint.config.mjs"), "-f", "json", *linted)
    files = json.loads(done.stdout)
    assert len(files) == len(list((ROOT / "client" / "operations").glob("*.graphql"))) + 1
    assert {message["message"] for file in files for message in file["messages"]} == STAYS
