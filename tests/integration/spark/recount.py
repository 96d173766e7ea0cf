"""Film ranks counted by hand: plain Python over lists, the oracle of the transform. It shares no code with it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Film:
    """A row of `movies`."""

    key: int
    id: str
    title: str
    genre: str

    @property
    def sort_key(self) -> str:
        """What films of as many views are sorted by."""
        return f"{self.title}\0{self.id}"


@dataclass(frozen=True)
class View:
    """A row of `viewing_sessions`."""

    film: int
    start: datetime
    device: str
    country: str


@dataclass(frozen=True)
class Place:
    """A row of the result."""

    period: str
    period_start: date
    by: str
    value: str
    movie_key: int
    views: int
    rank: int
    dense_rank: int
    row_number: int
    complete: bool


def places(views: list[View], films: list[Film], through: datetime) -> set[Place]:
    """Every place of every chart; each view's film is among `films`."""
    by_key = {film.key: film for film in films}
    charts: dict[tuple[str, date, str, str], Counter[int]] = {}
    for view in views:
        day = view.start.date()
        starts = {"WEEK": day - timedelta(days=day.weekday()), "MONTH": day.replace(day=1)}
        slices = {"ALL": "", "GENRE": by_key[view.film].genre, "COUNTRY": view.country, "DEVICE": view.device}
        for period, start in starts.items():
            for by, value in slices.items():
                charts.setdefault((period, start, by, value), Counter())[view.film] += 1
    return {place for chart, counts in charts.items() for place in _chart(chart, counts, by_key, through)}


def _chart(
    chart: tuple[str, date, str, str],
    counts: Counter[int],
    by_key: dict[int, Film],
    through: datetime,
) -> list[Place]:
    period, start, _, _ = chart
    order = sorted(counts, key=lambda film: (-counts[film], by_key[film].title, by_key[film].id))
    end = datetime.combine(_end(period, start), datetime.min.time(), through.tzinfo)
    return [
        Place(
            *chart,
            film,
            counts[film],
            1 + sum(other > counts[film] for other in counts.values()),
            1 + len({other for other in counts.values() if other > counts[film]}),
            number,
            end <= through,
        )
        for number, film in enumerate(order, 1)
    ]


def _end(period: str, start: date) -> date:
    if period == "WEEK":
        return start + timedelta(weeks=1)
    return date(start.year + start.month // 12, start.month % 12 + 1, 1)
