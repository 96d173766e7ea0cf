"""A temporary refusal says when to try again; a permanent one does not."""

import pytest

from server.answering.budget import TooManyRefusals, TooManyRequests
from server.http.responses import refusal
from warehouse.errors import BadInput, Forbidden, LeaseLost, MarqueeError, Overloaded, TooExpensive, WriterBusy


@pytest.mark.parametrize(
    ("error", "status", "seconds"),
    [
        (Overloaded("The warehouse is busy."), 503, "5"),
        (WriterBusy("Another process is writing."), 503, "5"),
        (LeaseLost(), 503, "1"),
        (TooManyRequests(10, 5, 42), 429, "42"),
        (TooManyRefusals(), 429, "1"),
        (BadInput("No such field."), 400, None),
        (Forbidden("Not yours."), 403, None),
        (TooExpensive("Too many rows."), 400, None),
        (MarqueeError("A defect."), 500, None),
    ],
)
def test_a_refusal_says_when_to_come_back(error: MarqueeError, status: int, seconds: str | None) -> None:
    response = refusal(error)
    assert (response.status_code, response.headers.get("retry-after")) == (status, seconds)
