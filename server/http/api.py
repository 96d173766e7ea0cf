"""`GET /api/{operation}`: runs a published operation; its variables are query parameters. `/api/viewing` and
`/api/rating` take any question in parameters, `/api/Board/question` one that a board keeps.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from server.answering.audit import recorded
from server.answering.board_questions import VIEW
from server.answering.execution import Executed
from server.answering.questions_in_parameters import question
from server.answering.service import BOARD, Service
from server.export.file_encoder import FileEncoder
from server.export.files import JSON, format_of, is_raw
from server.export.table import Shape, shape_of
from server.http.byte_ranges import ranged
from server.http.disconnect import ClientLeft, attended
from server.http.requests import caller_of, read_texts
from server.http.responses import CLIENT_LEFT, answer, failure, refusal
from server.identity.callers import Caller
from warehouse.errors import BadInput, MarqueeError

Answered = tuple[Executed, Shape | None]
Ask = Callable[[Service, Caller, str, dict[str, str], bool], Coroutine[Any, Any, Answered]]


async def api(request: Request) -> Response:
    """Run a published operation."""
    return await _answered(request, request.path_params["operation"], _operation)


async def ask(request: Request) -> Response:
    """Answer a question in parameters, of the root field that the path ends with."""
    return await _answered(request, request.url.path.rsplit("/", 1)[1], _question)


async def board_question(request: Request) -> Response:
    """Answer a question that a board keeps."""
    return await _answered(request, BOARD, _board_question)


async def _answered(request: Request, name: str, ask: Ask) -> Response:
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=name):
            caller = await caller_of(request)
            texts = read_texts(request)
            kind = format_of(texts.pop("format", JSON))
            raw = is_raw(texts.pop("raw", "false"))
            caller = attended(caller, request)
            executed, shape = await ask(service, caller, name, texts, kind is not None)
            file = None
            # Never send a partial file: the reader would take it for a complete one.
            if kind is not None and shape is not None and "errors" not in executed.body:
                files: FileEncoder = request.app.state.files
                file = await caller.attend(files.file(caller.principal, executed, shape, kind, name, raw))
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    if file is not None:
        return ranged(request, file)
    if (kind is None or shape is None) and executed.ran:
        return answer(executed, request)
    return failure(executed)


async def _operation(service: Service, caller: Caller, name: str, texts: dict[str, str], is_file: bool) -> Answered:
    if is_file:
        return await service.run_for_file(caller, name, texts)
    return await service.run_operation(caller, name, texts), None


async def _board_question(service: Service, caller: Caller, _: str, texts: dict[str, str], is_file: bool) -> Answered:
    if is_file:
        raise BadInput("The answers of a board are JSON. Ask /api/viewing for a file.")
    wanted, view = texts.pop("question", ""), {name: texts.pop(name) for name in VIEW if name in texts}
    return await service.run_board_question(caller, texts, wanted, view), None


async def _question(service: Service, caller: Caller, name: str, texts: dict[str, str], is_file: bool) -> Answered:
    service.check_asks(caller.principal)
    asked = question(service.schema.core, name).request(texts)
    shape = shape_of(service.schema.core, asked.document) if is_file else None
    return await service.run_document(caller, asked), shape
