"""A request belongs to the trace that its caller names; whatever else the header says begins a new one."""

import re

import pytest

from server.observing.trace_context import read_parent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("header", [f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00", f"cc-{TRACE}-{SPAN}-01-more"])
def test_a_valid_header_is_followed(header: str) -> None:
    assert read_parent(header) == (TRACE, SPAN)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}{TRACE}-{SPAN}-01",
    ],
)
def test_any_other_header_begins_a_new_trace(header: str | None) -> None:
    trace, parent = read_parent(header)
    assert re.fullmatch(r"[0-9a-f]{32}", trace)
    assert (trace == TRACE, parent) == (False, "")
    assert read_parent(header)[0] != trace
