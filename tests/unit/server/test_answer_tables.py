"""Tables to read: numbers to the right, units, the width of the screen, and nothing that a terminal would obey."""

import pyarrow as pa

from server.commands.answer_table import laid_out, printable, printed
from server.commands.screen import Screen
from server.export.table import Column, Shape

SHAPE = Shape(
    ("rows",),
    (
        Column("country", ("country",), pa.string(), "country"),
        Column("views", ("views",), pa.int64(), "views"),
        Column("watchHours", ("watchHours",), pa.float64(), "watchHours"),
        Column("completionRate", ("completionRate",), pa.float64(), "completionRate"),
        Column("change.views", ("change", "views"), pa.float64(), "views"),
        Column("releaseYear", ("releaseYear",), pa.int64(), "releaseYear"),
    ),
    is_list=True,
)
ROWS = [
    {
        "country": "DE",
        "views": 1_234_567,
        "watchHours": 1_550.04,
        "completionRate": 0.6357,
        "change": {"views": -0.25},
        "releaseYear": 2001,
    },
    {"country": None, "views": 7, "watchHours": None, "completionRate": 1, "change": None, "releaseYear": None},
]


def test_numbers_stand_to_the_right_with_their_units() -> None:
    assert printed(SHAPE, {"rows": ROWS}, Screen()).split("\n") == [
        "country      views  watchHours  completionRate  change.views  releaseYear",
        "DE       1,234,567   1,550.0 h          63.6 %       -25.0 %         2001",
        "Unknown          7           -         100.0 %             -      Unknown",
    ]


def test_one_row_is_written_downwards() -> None:
    assert printed(SHAPE, {"rows": ROWS[:1]}, Screen()).split("\n")[:3] == [
        "country         DE",
        "views           1,234,567",
        "watchHours      1,550.0 h",
    ]


def test_a_narrow_screen_cuts_long_texts_and_no_number() -> None:
    cells = [["A film with a long title", "1,234,567"], ["Short", "1"]]
    lines = laid_out(["title", "views"], [False, True], cells, Screen(width=26)).split("\n")
    assert lines == ["title                views", "A film with a …  1,234,567", "Short                    1"]
    assert all(len(line) <= 26 for line in lines)


def test_what_does_not_fit_at_all_is_written_downwards() -> None:
    lines = printed(SHAPE, {"rows": ROWS}, Screen(width=30)).split("\n")
    assert lines[:2] == ["country         DE", "views           1,234,567"]
    assert lines[6:8] == ["", "country         Unknown"]


def test_colours_are_for_terminals_alone() -> None:
    assert "\x1b[" not in printed(SHAPE, {"rows": ROWS}, Screen(width=200))
    assert "\x1b[1m" in printed(SHAPE, {"rows": ROWS}, Screen(width=200, has_colour=True))
    plain = printed(SHAPE, {"rows": ROWS}, Screen(width=200))
    assert plain == printed(SHAPE, {"rows": ROWS}, Screen())


def test_texts_of_senders_do_not_move_the_cursor() -> None:
    assert (
        printable("a\x1b[2J\nb\u202ec\x9b")
        == "a\N{REPLACEMENT CHARACTER}[2J b\N{REPLACEMENT CHARACTER}c\N{REPLACEMENT CHARACTER}"
    )
