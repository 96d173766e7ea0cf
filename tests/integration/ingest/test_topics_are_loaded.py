"""Messages of a topic become rows, each once: offsets are stored with the rows, and reading goes on from there."""

from collections.abc import Iterator, Mapping

import pytest

from ingest.topics.batch import Batch
from ingest.topics.load_batch import load_batch
from ingest.topics.messages import Message, Row, json_line, row_of
from tests.integration.ingest.brokers import MockCluster
from tests.integration.ingest.consumers import OpenStore, consume, files_of, film, films, peopled
from warehouse import Warehouse
from warehouse.loads.quarantine import kept_aside
from warehouse.loads.topic_offsets import OffsetsTaken, Span, next_offsets


@pytest.fixture(scope="module")
def cluster() -> MockCluster:
    """A broker for all tests of this module, each of which has topics of its own."""
    return MockCluster()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse for all tests of this module, with user 1 and film 1."""
    with peopled(tmp_path_factory.mktemp("topics")) as opened:
        yield opened


def test_rows_arrive_and_the_next_start_goes_on_after_them(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("arrive", [film(101), film(102)], 0)
    cluster.send("arrive", [film(103)], 3)
    (first,) = consume(warehouse, cluster.brokers, "arrive", "movies").batches
    assert first.sentence() == (
        "movies: 3 messages (0/0-1, 3/0-0) loaded: 3 accepted, 0 duplicates, 0 quarantined. Lag: 0."
    )
    cluster.send("arrive", [film(104)], 0)
    (second,) = consume(warehouse, cluster.brokers, "arrive", "movies").batches
    assert (second.report["accepted"], second.report["duplicates"]) == (1, 0)
    assert consume(warehouse, cluster.brokers, "arrive", "movies").batches == []
    assert films(warehouse, 101, 104) == [(number, f"Film {number}") for number in range(101, 105)]
    assert files_of(warehouse, "arrive") == [
        ("kafka://arrive/0/0-1", "kafka://arrive/3/0-0"),
        ("kafka://arrive/0/2-2",),
    ]
    assert next_offsets(warehouse.engine, "movies", "arrive") == {0: 3, 3: 1}
    assert cluster.committed("arrive", "marquee") == {0: 3, 3: 1}


MALFORMED: Mapping[bytes, tuple[str, str]] = {
    b'{"id": "x", "title": "Heat"}': ("BAD_VALUE", "id is 'x', expected a whole number"),
    b'{"title": "Heat"}': ("MISSING_VALUE", "id is missing"),
    b"": ("BAD_ROW", "it is empty, expected a JSON object"),
    b" \n": ("BAD_ROW", "it is empty, expected a JSON object"),
    b"\xff\xfe{\x00": ("BAD_ROW", "it is not UTF-8"),
    b'[{"id": 1}]': ("BAD_ROW", "it is a JSON list, expected an object"),
    b"null": ("BAD_ROW", "expected an object"),
    b'{"id": 1': ("BAD_ROW", "it is not valid JSON"),
    b'{"id": 1, "title": "a\nb"}': ("BAD_ROW", "it is not valid JSON: unexpected control character"),
    b'{"id": 1, "title": {"en": "Heat"}}': ("BAD_VALUE", 'title is {"en":"Heat"}'),
}


def test_a_malformed_message_is_quarantined_and_says_where_it_was(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("malformed", [film(131), *MALFORMED, film(132)], 2)
    (done,) = consume(warehouse, cluster.brokers, "malformed", "movies").batches
    assert (done.report["accepted"], done.report["quarantined"]) == (2, len(MALFORMED))
    found = {one.row: one for one in kept_aside(warehouse.engine, done.report["load_id"])}
    for offset, (value, (reason, sentence)) in enumerate(MALFORMED.items(), 1):
        kept = found[offset + 1]
        assert kept.reason == reason
        assert kept.explanation.startswith(f"partition 2, offset {offset}: ")
        assert sentence in kept.explanation
        assert kept.original == value.decode(errors="backslashreplace") or reason != "BAD_ROW"


def test_json_is_read_however_it_is_laid_out(cluster: MockCluster, warehouse: Warehouse) -> None:
    pretty = '{\r\n  "id": 141,\n  "title": "A\\nB"\n}\n'
    cluster.send("layout", [pretty, b"\xef\xbb\xbf" + film(142).encode(), b"\0\0\0\0\x07" + film(143).encode()])
    assert consume(warehouse, cluster.brokers, "layout", "movies").total("accepted") == 3
    assert films(warehouse, 141, 143) == [(141, "A\nB"), (142, "Film 142"), (143, "Film 143")]


def test_tombstones_are_no_rows_but_their_offsets_are_kept(cluster: MockCluster, warehouse: Warehouse) -> None:
    cluster.send("tombs", [None, film(151), None])
    (done,) = consume(warehouse, cluster.brokers, "tombs", "movies").batches
    assert (done.report["rows"], done.to_json()["tombstones"]) == (1, 2)
    assert done.sentence().endswith("0 quarantined, 2 tombstones. Lag: 0.")
    cluster.send("tombs", [None])
    (empty,) = consume(warehouse, cluster.brokers, "tombs", "movies").batches
    assert empty.report["rows"] == 0
    assert next_offsets(warehouse.engine, "movies", "tombs") == {0: 4}


def test_a_refused_batch_leaves_nothing_in_the_ledger(warehouse: Warehouse) -> None:
    batch = Batch((Span("ledger", 0, 5, 5),), (Row(0, 5, film(181)),))
    load_batch(warehouse, "movies", batch, OpenStore(warehouse, "movies", "ledger").profile)
    before = warehouse.engine.query("SELECT count() FROM loads").scalar()
    with pytest.raises(OffsetsTaken, match="movies has partition 0 up to offset 5"):
        load_batch(warehouse, "movies", batch, OpenStore(warehouse, "movies", "ledger").profile)
    assert warehouse.engine.query("SELECT count() FROM loads").scalar() == before


def test_halves_of_a_batch_cover_its_offsets() -> None:
    rows = [row_of(Message(partition, offset, b"{}"), json_line) for partition, offset in ((0, 3), (1, 7), (1, 9))]
    batch = Batch((Span("t", 0, 2, 5), Span("t", 1, 6, 9)), tuple(row for row in rows if row))
    first, second = batch.halves()
    assert first.spans == (Span("t", 0, 2, 5), Span("t", 1, 6, 6))
    assert second.spans == (Span("t", 1, 7, 9),)
    assert [*first.rows, *second.rows] == list(batch.rows)
    assert batch.numbers() == [2, 6, 8]
