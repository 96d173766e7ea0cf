"""A board's report: its page printed by a browser, or the rows of each of its questions as CSV.

Both are made of answers to one caller, so masks, scopes and limits are that caller's.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from anyio import to_thread

from schema.reports import ReportForm
from server.alerting.outgoing import Attachment
from server.answering.board_questions import board_request
from server.answering.errors import LASTING
from server.answering.execution import Executed
from server.answering.questions_in_parameters import question
from server.answering.service import BOARD, Service
from server.client_files import NOT_BUILT, PAGES
from server.export.answer_format import AnswerFormat
from server.export.files import encoded
from server.export.result_age_columns import dated
from server.export.table import shape_of
from server.identity.callers import Caller
from server.reporting.chromium import find_chromium
from server.reporting.printed_page import Page, PrintFormat, printed
from server.reporting.report_app import OneReader, report_app
from warehouse.errors import BadInput, Unavailable
from warehouse.query.local_time import local_day
from warehouse.reports.ranges import ReportRange

_PANELS = "[...document.querySelectorAll('main li[data-place] [data-state]')]"
_ALERT = "document.querySelector('[role=alert]')"
_NAME = re.compile(r"[^\w]+")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class ReportView:
    """The time that a report is about, in which zone, and the moment that it is made for."""

    range: ReportRange
    time_zone: str
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def resolved(self, newest: int | None) -> "ReportView":
        """The same with its range as days; `newest` is the instant of the newest data that its reader sees."""
        today = local_day(self.time_zone, int(self.moment.timestamp()))
        newest_day = None if newest is None else local_day(self.time_zone, newest)
        return replace(self, range=self.range.resolved(today, newest_day))


@dataclass(frozen=True)
class Report:
    """A board's report of some days: one printed file, or a CSV file for each of its questions, in their order."""

    title: str
    range: ReportRange
    files: tuple[Attachment, ...]

    @property
    def archive(self) -> bytes:
        """All files in one: the only one, or a zip of several."""
        if len(self.files) == 1:
            return self.files[0].content
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in self.files:
                archive.writestr(one.name, one.content)
        return packed.getvalue()


async def board_report(service: Service, caller: Caller, board_id: str, kind: ReportForm, view: ReportView) -> Report:
    """The report of a board that a caller may see.

    Raises: BadInput for a board that is not there for the caller, or has no questions; Unavailable where no browser is
    found, or the page can't be shown; and what the questions are refused for.
    """
    board = await _board(service, caller, board_id)
    title = str(board["title"])
    if not board["panels"]:
        raise BadInput(f"Nothing is on the board {title!r} yet. Save questions to it first.")
    view = view.resolved(await service.newest(caller))
    if kind is ReportForm.CSV:
        return Report(title, view.range, await _tables(service, caller, board, view))
    content = await _printed(service, caller, board, PrintFormat(kind.value), view)
    media_type = "application/pdf" if kind is ReportForm.PDF else "image/png"
    return Report(title, view.range, (Attachment(f"{named(title)}.{kind.value}", media_type, content),))


async def find_board(service: Service, caller: Caller, wanted: str) -> str:
    """The id of the board with an id or a title, of those that a caller may see.

    Raises: BadInput where there is none, or several have the title.
    """
    boards = _data(await service.run_operation(caller, "Boards", {}))["boards"]
    found = [one for one in boards if wanted in (one["sourceId"], one["id"])]
    found = found or [one for one in boards if one["title"] == wanted]
    if len(found) > 1:
        raise BadInput(f"{len(found)} boards are called {wanted!r}. Name one by its id, from its page's address.")
    if not found:
        known = ", ".join(repr(one["title"]) for one in boards[:10]) or "none"
        raise BadInput(
            f"There is no board {wanted!r} that the role {caller.principal.role} may see here. Shared with it: {known}."
        )
    return str(found[0]["sourceId"])


def named(title: str) -> str:
    """A title as the beginning of a file's name."""
    return _NAME.sub("-", title).strip("-").lower()[:_LONGEST_NAME] or "board"


async def _board(service: Service, caller: Caller, board_id: str) -> Mapping[str, Any]:
    board: Mapping[str, Any] | None = _data(await service.run_operation(caller, BOARD, {"id": board_id}))["board"]
    if board is None:
        raise BadInput(f"There is no board {board_id!r} that you may see.", "board")
    return board


async def _tables(
    service: Service, caller: Caller, board: Mapping[str, Any], view: ReportView
) -> tuple[Attachment, ...]:
    texts = {"range": orjson.dumps(view.range.time_range).decode(), "timeZone": view.time_zone}
    made = []
    for number, panel in enumerate(board["panels"], 1):
        request = board_request(question(service.schema.core, "viewing"), panel["question"], texts)
        executed = await service.run_board_question(caller, {"id": board["sourceId"]}, panel["question"], texts)
        _data(executed)
        shape, data = dated(shape_of(service.schema.core, request.document), executed.body)
        content = await to_thread.run_sync(encoded, shape, data, AnswerFormat.CSV, panel["title"])
        name = f"{number:02}-{named(panel['title'])}.csv"
        made.append(Attachment(name, AnswerFormat.CSV.media_type, content))
    return tuple(made)


async def _printed(
    service: Service, caller: Caller, board: Mapping[str, Any], kind: PrintFormat, view: ReportView
) -> bytes:
    program = find_chromium(service.settings.browser)
    if not (PAGES / "index.html").is_file():
        raise Unavailable(NOT_BUILT)
    reader = OneReader(caller)
    query = urlencode({**view.range.query, "zone": view.time_zone})
    path = f"{service.settings.path_prefix}/boards/{quote(str(board['sourceId']))}?{query}#token={reader.token}"
    count = len(board["panels"])
    is_ready = f"{_PANELS}.filter((one) => one.dataset.state === 'ready').length === {count} && !{_ALERT}"
    page = Page(report_app(service, reader), path, is_ready, f"({_ALERT}?.innerText ?? '')")
    return await printed(program, page, kind)


def _data(executed: Executed) -> Mapping[str, Any]:
    """The data of an answer.

    Raises: BadInput with what it was refused for, if that lasts; Unavailable if it may end by waiting.
    """
    errors: list[Any] = executed.body.get("errors", [])
    if errors:
        lasts = errors[0].get("extensions", {}).get("code") in LASTING
        raise (BadInput if lasts else Unavailable)(str(errors[0]["message"]))
    data: Mapping[str, Any] = executed.body["data"]
    return data
