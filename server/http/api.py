"""`GET /api/{operation}`: runs a published operation; its variables are query parameters."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.answering.audit import recorded
from server.answering.service import Service
from server.export.files import JSON, exported, format_of, is_raw
from server.http.disconnect import ClientLeft, while_here
from server.http.requests import caller_of, read_texts
from server.http.responses import CLIENT_LEFT, answer, failure, refusal
from warehouse.errors import MarqueeError


async def api(request: Request) -> Response:
    """Run a published operation."""
    service: Service = request.app.state.service
    name = request.path_params["operation"]
    try:
        with recorded(request, operation=name):
            caller = await caller_of(request)
            texts = read_texts(request)
            kind = format_of(texts.pop("format", JSON))
            raw = is_raw(texts.pop("raw", "false"))
            shape = None if kind is None else service.shape(name)
            run = service.run_operation if shape is None else service.run_for_file
            executed = await while_here(request, run(caller, name, texts))
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    if kind is None or shape is None:
        return answer(executed, request)
    if "errors" in executed.body:
        # Never send a partial file: the reader would take it for a complete one.
        return failure(executed)
    return await run_in_threadpool(exported, shape, executed.body["data"], kind, name, raw)
