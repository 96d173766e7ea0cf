"""The protocol's server, by the official SDK: it knows the tools and prompts, and whose request it answers."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from server.answering.service import Service
from server.identity.callers import Caller
from server.mcp.prompts import listed, prompt
from server.mcp.tools import Tools

_INSTRUCTIONS = (
    "Marquee answers questions about a film-streaming service with exact figures. Begin with list_metrics, look up "
    "values before you filter by them, ask, and use explain to say how a number was computed. Masked values are masked "
    "for the token, and figures are of the rows that the token may see."
)


def protocol_server(service: Service, caller_of: Callable[[Any], Caller]) -> Server[Any]:
    """A server for `service`; `caller_of` finds the sender in a message's context."""
    tools = Tools(service)

    async def list_tools(context: Any, _: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools.listed(caller_of(context)))

    async def call_tool(context: Any, parameters: types.CallToolRequestParams) -> types.CallToolResult:
        return await tools.call(caller_of(context), parameters.name, parameters.arguments or {})

    async def list_prompts(_: Any, __: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=listed())

    async def get_prompt(_: Any, parameters: types.GetPromptRequestParams) -> types.GetPromptResult:
        found = prompt(parameters.name, parameters.arguments or {})
        if found is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no prompt {parameters.name[:60]!r}.")
        return found

    return Server(
        "marquee",
        version=version("marquee"),
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )
