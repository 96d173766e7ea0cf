"""What is remembered of documents is bounded by the weight of their texts, not by their number."""

from resolvers import documents
from resolvers.documents import MOST_KEPT_CHARACTERS, document_of, kept_weight


def test_cached_documents_are_bounded_by_their_weight() -> None:
    documents.forget()
    for number in range(200):
        document_of(f"{{ viewer {{ a{number}: role }} }} {'#' * 5_000}")
        assert kept_weight() <= MOST_KEPT_CHARACTERS
    for number in range(3_000):
        document_of(f"{{ viewer {{ b{number}: role }} }}")
    assert kept_weight() <= MOST_KEPT_CHARACTERS


def test_a_document_is_read_once_while_it_is_cached() -> None:
    documents.forget()
    text = "{ viewer { role } }"
    assert document_of(text) is document_of(text)
    documents.forget()
    assert kept_weight() == 0
