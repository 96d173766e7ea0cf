"""Hostile documents are refused in a sentence, and every rule looks at each node a fixed number of times."""

import sys

import pytest
from graphql import DocumentNode, Node, get_introspection_query, parse

from schema.limits.document import check_document, read_document
from schema.limits.expansion import Expansion
from schema.limits.rules import FIELDS, RULES
from tests.unit.schema.hostile import CLASSICS, chain, circle, doubling
from warehouse.errors import BadInput


@pytest.mark.parametrize("name", CLASSICS)
def test_a_hostile_classic_is_refused_and_the_sentence_says_what_is_allowed(name: str) -> None:
    document, said = CLASSICS[name]
    with pytest.raises(BadInput) as refused:
        read_document(document)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


def selections_of(document: DocumentNode) -> int:
    """Definitions and selections of a document, counted as they are written."""
    waiting: list[Node] = [*document.definitions]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        inner = getattr(node, "selection_set", None)
        waiting.extend(inner.selections if inner else ())
    return count


@pytest.mark.parametrize("fragments", [5, 20, 40, 80, 160])
def test_doubling_fragments_are_visited_once_a_rule_not_twice_a_level(fragments: int) -> None:
    document = parse(doubling(fragments))
    expansion = Expansion(document)
    for rule in RULES:
        expansion.measure(rule)
    # To put nodes in order each is met as it is entered, left, and for each spread of it.
    assert expansion.visited <= (3 + len(RULES)) * selections_of(document)


def test_a_document_that_passes_took_as_few_visits() -> None:
    document = parse(chain(50))
    assert check_document(document).visited <= (3 + len(RULES)) * selections_of(document)


def test_a_fragment_counts_wherever_it_is_spread() -> None:
    document = parse("{ ...A ...A other } fragment A on Query { b c }")
    # Two spreads of two fields each, and a field.
    assert Expansion(document).measure(FIELDS) == 7


def test_a_fragment_that_nothing_spreads_is_measured_too() -> None:
    with pytest.raises(BadInput, match="levels deep"):
        read_document("{ viewer { role } } fragment A on Query " + "{ a" * 20 + " }" * 20)


def test_operations_count_together() -> None:
    renamed = " ".join(f"a{n}: viewer {{ role }}" for n in range(10))
    operations = " ".join(f"query Q{n} {{ {renamed} }}" for n in range(7))
    with pytest.raises(BadInput, match="has 70 aliases"):
        read_document(operations)


@pytest.mark.parametrize("fragments", [1, 3, 2_000])
def test_a_circle_of_fragments_is_found_without_recursion(fragments: int) -> None:
    with pytest.raises(BadInput, match=r"The fragment F\d+ spreads itself"):
        Expansion(parse(circle(fragments)))


def test_a_chain_longer_than_python_s_stack_is_measured() -> None:
    assert Expansion(parse(chain(2 * sys.getrecursionlimit()))).measure(FIELDS) == 1 + 4 * sys.getrecursionlimit() + 2


def test_a_spread_of_a_fragment_that_is_not_there_is_left_to_validation() -> None:
    assert Expansion(read_document("{ ...Missing }")).measure(FIELDS) == 1


def test_the_query_that_tools_read_the_schema_by_passes() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    assert read_document(query).definitions
