"""What one request asks, from any entry point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GraphQLRequest:
    """One request from any entry point: a document, or the id of a published one, whose name is then `published`.
    With `in_one_page` the row limit is that of an answer instead of a page. An answer of any state since the load that
    was done at `loaded_since` will do; otherwise it is of the present. The request arrived in `size_bytes`, where those
    may be many.
    """

    document: str = ""
    document_id: str | None = None
    variables: Mapping[str, Any] | None = None
    operation: str | None = None
    published: str | None = None
    only_queries: bool = False
    explains: bool = False
    in_one_page: bool = False
    loaded_since: str | None = None
    size_bytes: int = 0
