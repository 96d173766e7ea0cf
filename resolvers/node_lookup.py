"""`node` and `nodes`: whatever has an id, found again by it as the fields that list it show it, to those who may ask
these.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry

import resolvers.nodes as rows
from resolvers import alerts, boards, pipeline, published_operations, reports, tokens
from resolvers.context import context_of
from resolvers.permission import check_permitted
from schema.arguments import AnyId, AnyIds
from schema.node_ids import source_id, typed
from schema.nodes import Node
from schema.tokens import MOST_TOKENS
from warehouse.errors import Forbidden, Unavailable

# The nodes of a type by the ids that were asked for: objects, or cells.
Find = Callable[[strawberry.Info, Sequence[str]], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class NodeType:
    """How nodes of a type are found; `asked_by` is the root field whose role and scope they take."""

    asked_by: str
    find: Find


async def node(info: strawberry.Info, id: AnyId) -> Any:
    """Any node by its id, masked for your role; null if there is none, or you may not see it."""
    return (await _found(info, [str(id)]))[0]


async def nodes(info: strawberry.Info, ids: AnyIds) -> list[Any]:
    """Nodes by their ids, in their order; null for each that is not there, or that you may not see."""
    context_of(info).check_length(ids, "ids")
    return await _found(info, [str(one) for one in ids])


async def _found(info: strawberry.Info, asked: Sequence[str]) -> list[Any]:
    """The nodes of ids in their order. Those of a type that the asker may not ask for are its refusal, whether they are
    there or not.
    """
    found: dict[str, Any] = {}
    for name, node_type in TYPES.items():
        wanted = [text for text in dict.fromkeys(asked) if typed(text)[0] == name]
        if wanted:
            try:
                check_permitted(context_of(info), node_type.asked_by)
                found |= await node_type.find(info, wanted)
            except (Forbidden, Unavailable) as error:
                found |= dict.fromkeys(wanted, error)
    return [found.get(text) for text in asked]


async def _boards(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await boards.boards(info))


async def _alerts(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await alerts.alerts(info))


async def _events(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await alerts.events_of(info, [source_id("AlertEvent", one) for one in asked]))


async def _reports(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await reports.reports(info))


async def _runs(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    found = [await pipeline.run_of(info, source_id("PipelineRun", one)) for one in asked]
    return _picked(asked, [one for one in found if one is not None])


async def _tokens(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await tokens.tokens(info, MOST_TOKENS))


async def _operations(info: strawberry.Info, asked: Sequence[str]) -> Mapping[str, Node]:
    return _picked(asked, await published_operations.published_operations(info))


def _picked(asked: Sequence[str], shown: Iterable[Node]) -> Mapping[str, Node]:
    wanted = frozenset(asked)
    return {str(one.id): one for one in shown if one.id in wanted}


TYPES: Mapping[str, NodeType] = {
    # Sessions have no list of all; they are open to those who may see the user.
    **{
        name: NodeType(asked_by, partial(rows.rows_of, type_name=name))
        for name, asked_by in {
            "Movie": "movie",
            "User": "user",
            "Rating": "ratings",
            "Session": "user",
            "AuditRecord": "auditLog",
        }.items()
    },
    "Board": NodeType("board", _boards),
    "Alert": NodeType("alert", _alerts),
    "AlertEvent": NodeType("alert", _events),
    "Report": NodeType("reports", _reports),
    "PipelineRun": NodeType("pipelineRuns", _runs),
    "PublishedOperation": NodeType("publishedOperations", _operations),
    "IssuedToken": NodeType("tokens", _tokens),
}
