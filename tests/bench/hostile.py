"""Step `hostile`: how long each hostile document takes to be refused, next to ordinary ones in the same run.

What is remembered of a document is dropped before each round, so that every round is the first.
"""

import statistics
from collections.abc import Mapping

from graphql import GraphQLError, get_introspection_query

from resolvers import documents
from resolvers.root import build_schema
from schema.limits.cost import estimate
from server.answering.published_operations import published
from tests.bench.figures import report, timed
from tests.unit.schema.hostile import CLASSICS, aliases, chain, same_name

ROUNDS = 9
# Within all bounds, and as slow to validate as those allow.
WITHIN: Mapping[str, str] = {
    "aliases 60": aliases(60),
    "one name 60 times": same_name(60),
    "chain of 58 fragments": chain(58),
    "unknown inputs": f"{{ dashboard(where: {{{' '.join(f'x{n}: 1' for n in range(600))}}}) {{ views }} }}",
}


def main() -> None:
    """Read and validate each, and report medians in ms."""
    schema = build_schema().core
    ordinary = {
        "an ordinary one": published()["ViewingByDayAndGenre"].document,
        "introspection": get_introspection_query(),
    }
    hostile = {name: document for name, (document, _) in CLASSICS.items()}

    def ask(text: str) -> None:
        documents.forget()
        try:
            estimate(documents.document_of(text), {})
            documents.mistakes_in(schema, text)
        except GraphQLError:
            return

    figures = {}
    for name, text in {**ordinary, **WITHIN, **hostile}.items():
        seconds: list[float] = []
        for _ in range(ROUNDS):
            with timed(seconds):
                ask(text)
        figures[name] = {"bytes": len(text), "ms": statistics.median(seconds) * 1000}
    report(**figures)


if __name__ == "__main__":
    main()
