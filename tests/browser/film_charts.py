"""The film charts of two weeks, as the job `rankings` leaves them."""

from datetime import date

import pyarrow as pa

from warehouse import Warehouse, ids

WEEKS = (date(2026, 3, 23), date(2026, 3, 30))
# Rank after rank, the films' ids: of the week before, and of the newest that is over.
CHARTS = (("1", "2", "3", "4"), ("4", "2", "5", "1"))


def charted(warehouse: Warehouse) -> None:
    """The charts of two weeks."""
    keys = {
        ids.to_text(identity): key for identity, key in warehouse.engine.query("SELECT id, movie_key FROM movies").rows
    }
    places = [
        (week, rank, film) for week, films in zip(WEEKS, CHARTS, strict=True) for rank, film in enumerate(films, 1)
    ]
    ranks = pa.array([rank for _, rank, _ in places], pa.uint32())
    columns = {
        "period": ["WEEK"] * len(places),
        "period_start": [week for week, _, _ in places],
        "by": ["ALL"] * len(places),
        "value": [""] * len(places),
        "movie_key": [keys[film] for _, _, film in places],
        "views": [100 - 10 * rank for _, rank, _ in places],
        **dict.fromkeys(("rank", "dense_rank", "row_number"), ranks),
        "complete": [True] * len(places),
    }
    warehouse.engine.insert("movie_rankings", pa.table(columns))
