"""Moments as people write them: one form, one range, one sentence, whatever Python would read."""

from datetime import UTC, date, datetime

import pytest

from warehouse.errors import BadInput
from warehouse.query.instants import check_moment, day_of, day_or_month_of, instant_of, moment_of


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23T10:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("2026-11-23 10:00:00.25+02:00", datetime(2026, 11, 23, 8, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-23t10:00:00z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("1990-01-01T00:00:00Z", datetime(1990, 1, 1, tzinfo=UTC)),
        ("1990-01-01T23:59:00+23:59", datetime(1990, 1, 1, tzinfo=UTC)),
        ("2100-01-01T00:00:00Z", datetime(2100, 1, 1, tzinfo=UTC)),
        ("2099-12-31T00:01:00-23:59", datetime(2100, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_of_the_range_is_read(text: str, instant: datetime) -> None:
    assert instant_of(text) == instant
    assert moment_of(text, "Asia/Tokyo") == instant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0001-01-01", "outside the years 1990 to 2100"),
        ("1989-12-31", "outside the years 1990 to 2100"),
        ("2100-01-02", "outside the years 1990 to 2100"),
        ("9999-12-31", "outside the years 1990 to 2100"),
        ("0001-01-01T00:00:00+23:59", "outside the years 1990 to 2100"),
        ("9999-12-31T23:59:59-23:59", "outside the years 1990 to 2100"),
        ("1990-01-01T00:00:00+00:01", "outside the years 1990 to 2100"),
        ("2100-01-01T00:00:01Z", "outside the years 1990 to 2100"),
        ("2100-01-01T00:00:00-23:59", "outside the years 1990 to 2100"),
        ("0000-01-01", "there is no such day or time"),
        ("2026-02-30", "there is no such day or time"),
        ("2016-12-31T23:59:60Z", "there is no such day or time"),
        ("2026-03-01T24:00:00Z", "there is no such day or time"),
        ("2026-03-01T10:60:00Z", "there is no such day or time"),
        ("2026-03-01T10:00:00+24:00", "there is no such day or time"),
        ("2026-03-01T10:00:00", "no offset"),
        ("10000-01-01", "is neither a date nor an instant"),
        ("10000-01-01T00:00:00Z", "is neither a date nor an instant"),
        ("-0001-01-01", "is neither a date nor an instant"),
        ("2026-W10-1", "is neither a date nor an instant"),
        ("20261123T100000Z", "is neither a date nor an instant"),
        ("2026-11-23T10:00:00[Europe/Berlin]", "is neither a date nor an instant"),
        ("२०२६-११-२३", "is neither a date nor an instant"),
        ("1792000000", "is neither a date nor an instant"),
        ("2026-11-23\n", "is neither a date nor an instant"),
        ("", "is neither a date nor an instant"),
        ("x" * 1_000_000, "is neither a date nor an instant"),
    ],
)
def test_what_is_none_of_the_range_is_refused_in_a_short_sentence(text: str, said: str) -> None:
    for read in (check_moment, lambda text: moment_of(text, "Pacific/Kiritimati")):
        with pytest.raises(BadInput, match=said) as refused:
            read(text)
        assert len(str(refused.value)) < 250


def test_the_first_and_the_last_day_are_days_of_every_zone() -> None:
    assert moment_of("1990-01-01", "Pacific/Kiritimati") == datetime(1990, 1, 1, 10, tzinfo=UTC)
    assert moment_of("2100-01-01", "Etc/GMT+12") == datetime(2100, 1, 1, 12, tzinfo=UTC)


def test_a_date_alone_is_a_day_and_a_month_its_first_day_where_months_are_asked() -> None:
    assert day_of("2026-11-23") == date(2026, 11, 23)
    assert day_or_month_of("2026-11") == date(2026, 11, 1)
    for text in ("2026-11", "2026-11-23T10:00:00Z", "soon"):
        with pytest.raises(BadInput, match="is not a date"):
            day_of(text)
    for text in ("2026-13", "0000-01", "9999-12", "2026-11-31", "soon", "2026"):
        with pytest.raises(BadInput):
            day_or_month_of(text)


def test_only_who_says_so_reads_a_time_without_an_offset_as_utc_s() -> None:
    assert instant_of("2026-11-23T10:00:00", offset_free_in_utc=True) == datetime(2026, 11, 23, 10, tzinfo=UTC)
