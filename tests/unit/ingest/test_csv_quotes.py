"""Quotes of CSV that open no cell: how much is looked at, and that cells are what they were."""

import random
import re

import pytest

from ingest.files.dialect import Dialect, checked
from ingest.readers.csv_block import Layout
from ingest.readers.csv_delimiter import read_separator_line
from ingest.readers.csv_quotes import ClosingQuotes, Quoting
from ingest.readers.csv_records import Scanner, UnclosedQuote
from warehouse.errors import BadInput

DOUBLED, ESCAPED = Quoting(b'"', None, is_doubled=True), Quoting(b'"', b"b", is_doubled=True)
BACKSLASHED = Quoting(b'"', b"\\", is_doubled=False, stops=b"\r\n")
HOSTILE = {
    "an escape before each quote": (ESCAPED, b'ab"', b'"z'),
    "backslashes before each quote": (BACKSLASHED, b'\\"x', b'"z'),
    "backslashes, and nothing that closes": (BACKSLASHED, b'\\"x', b"z"),
    "doubled quotes": (DOUBLED, b',""', b'"z'),
    "pairs of any beginning": (DOUBLED, b'"', b"z"),
    "escapes of any beginning": (ESCAPED, b'b"b', b'"z'),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("times", [1_000, 20_000])
def test_time_grows_with_the_text_whatever_its_quotes_open(name: str, times: int) -> None:
    quoting, unit, last = HOSTILE[name]
    text = b'"' + unit * times + last
    closings = ClosingQuotes(quoting, text)
    for opening in re.finditer(b'"', text):
        closings.of(opening.start())
    # Once by itself, and twice, with what is around signs, where it is remembered.
    assert closings.looked_at < 8 * len(text)


def anew(quoting: Quoting, text: bytes, opening: int) -> int | None:
    """Where a quoted cell ends, character by character."""
    at = opening + 1
    while at < len(text):
        sign, following = text[at : at + 1], text[at + 1 : at + 2]
        if sign == quoting.escape:
            if not following or following in quoting.stops:
                return None
            at += 2
        elif sign == quoting.quote:
            if not (quoting.is_doubled and following == quoting.quote):
                return at
            at += 2
        elif sign in quoting.stops:
            return None
        else:
            at += 1
    return None


@pytest.mark.parametrize("quoting", [DOUBLED, ESCAPED, BACKSLASHED])
def test_cells_are_the_same_as_when_each_is_looked_for_anew(quoting: Quoting) -> None:
    chance = random.Random(5)
    for _ in range(3_000):
        text = b"".join(chance.choices([b'"', b'"', b"b", b"\\", b"a", b"\n"], k=chance.randrange(30)))
        closings = ClosingQuotes(quoting, text)
        for opening in (one.start() for one in re.finditer(b'"', text)):
            # Not every quote is asked for.
            if chance.random() < 0.7:
                assert closings.of(opening) == anew(quoting, text, opening), (text, opening)


def test_cells_of_two_ways_of_quoting_are_told_apart() -> None:
    text = b'ab"' * 20_000 + b'"z\n'
    (record,) = Scanner(Layout([], b"\n", b"ab", b'"', b"b")).records(text, is_last=True)
    assert record.cells == [b"", *[b'"'] * 19_999, b'""z']


@pytest.mark.parametrize("quote", [b'"', None])
def test_an_escape_at_the_very_end_stands_for_itself(quote: bytes | None) -> None:
    scanner = Scanner(Layout([], b"\n", b",", quote, b"\\"))
    assert [one.cells for one in scanner.records(b"a,b\\", is_last=True)] == [[b"a", b"b\\"]]
    assert [one.cells for one in scanner.records(b"\\", is_last=True)] == [[b"\\"]]
    assert list(scanner.records(b"a,b\\", is_last=False)) == []


def test_a_quote_that_an_escape_at_the_end_keeps_open_is_told() -> None:
    with pytest.raises(UnclosedQuote):
        list(Scanner(Layout([], b"\n", b",", b'"', b"\\")).records(b'a,"b\\', is_last=True))


@pytest.mark.parametrize(
    ("dialect", "sentence"),
    [
        (Dialect(delimiter="ab", escape="b"), "the delimiter is 'ab', which has the escape in it"),
        (Dialect(delimiter="a'", quote="'"), 'the delimiter is "a\'", which has the quote in it'),
        (Dialect(delimiter="\\"), "which has the backslash in it: cells couldn't be told apart"),
        (Dialect(delimiter=":\\", quote=None), "which has the backslash in it"),
        (Dialect(delimiter=',"', quote=None), "expected one ASCII character"),
    ],
)
def test_a_delimiter_that_has_another_sign_in_it_is_refused(dialect: Dialect, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        checked(dialect)


def test_a_line_that_names_another_sign_as_its_delimiter_is_none() -> None:
    for sign in (b'"', b"\\", b"\xa7", b"\0"):
        assert read_separator_line(b"sep=" + sign + b"\nid,title\n") == (None, 0)
    for sign in (b";", b"\t", b"|", b" "):
        assert read_separator_line(b"sep=" + sign + b"\nid,title\n") == (sign, 6)
