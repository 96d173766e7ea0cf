"""Avro values become rows by the schema that they name, whichever logical types it has; what does not fit it is
quarantined, and a registry that does not answer is waited for."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import orjson
import pytest

from ingest.topics.avro import AvroDecoder
from ingest.topics.messages import Malformed
from ingest.topics.registry import Registry
from tests.integration.ingest.attribute_sessions import stored
from tests.integration.ingest.brokers import MockCluster, SchemaServer, schema_server
from tests.integration.ingest.consumers import consume, peopled
from warehouse.errors import BadInput, Unavailable

USER = "7f1f3f6e-2f0b-4a43-9d55-6b1c1f4f0c11"
MINUTES = {"type": "bytes", "logicalType": "decimal", "precision": 8, "scale": 2}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
SESSION: Mapping[str, Any] = {
    "type": "record",
    "name": "Session",
    "namespace": "player",
    "fields": [
        {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "user_id", "type": "long"},
        {"name": "movie_id", "type": "string"},
        {"name": "start_time", "type": MILLIS},
        {
            "name": "watch_duration_minutes",
            "type": {"type": "bytes", "logicalType": "decimal", "precision": 8, "scale": 2},
        },
        {"name": "completion_rate", "type": ["null", "float"], "default": None},
        {"name": "device_type", "type": {"type": "enum", "name": "Device", "symbols": ["TV", "PHONE"]}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "volume", "type": "float"},
        {"name": "precise", "type": "double"},
        {"name": "tags", "type": {"type": "map", "values": ["string", "int", "float"]}},
        {"name": "app", "type": {"type": "record", "name": "App", "fields": [{"name": "version", "type": "string"}]}},
    ],
}
VALUES: Mapping[str, Any] = {
    "id": UUID(USER),
    "user_id": 1,
    "movie_id": "1",
    "start_time": dt.datetime(2024, 1, 1, 20, 0, tzinfo=dt.UTC),
    "watch_duration_minutes": Decimal("90.50"),
    "completion_rate": 0.7,
    "device_type": "TV",
    "day": dt.date(2024, 2, 29),
    "at": dt.time(10, 0, 0, 500_000),
    "volume": 4.2,
    "precise": 0.1,
    "tags": {"a": "x", "b": 7, "c": 1.1},
    "app": {"version": "4.20"},
}


@pytest.fixture(scope="module")
def registry() -> Iterator[SchemaServer]:
    """A registry with the schema of sessions, number 7."""
    with schema_server() as served:
        served.add(7, SESSION)
        yield served


@pytest.fixture
def decode(registry: SchemaServer) -> AvroDecoder:
    return AvroDecoder(Registry(registry.url, {}))


def framed(number: int, schema: Any, value: object) -> bytes:
    """A value as a serializer of Confluent's writes it."""
    text = io.BytesIO()
    fastavro.schemaless_writer(text, fastavro.parse_schema(schema), value)
    return b"\0" + number.to_bytes(4, "big") + text.getvalue()


def test_logical_types_become_what_the_same_values_of_a_file_become(decode: AvroDecoder) -> None:
    assert orjson.loads(decode(framed(7, SESSION, VALUES))) == {
        "id": USER,
        "user_id": 1,
        "movie_id": "1",
        "start_time": "2024-01-01T20:00:00+00:00",
        "watch_duration_minutes": "90.50",
        "completion_rate": 0.7,
        "device_type": "TV",
        "day": "2024-02-29",
        "at": "10:00:00.5",
        "volume": 4.2,
        "precise": 0.1,
        "tags": {"a": "x", "b": 7, "c": 1.1},
        "app": {"version": "4.20"},
    }


def test_a_schema_is_asked_for_once(registry: SchemaServer, decode: AvroDecoder) -> None:
    registry.asked.clear()
    for _ in range(3):
        decode(framed(7, SESSION, VALUES))
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (b'{"id": 1}', "it has no number of a schema in front"),
        (b"\0\0\0", "it has no number of a schema in front"),
        (b"\0\0\0\0\x63" + b"abc", "the registry has no schema 99"),
        (framed(7, SESSION, VALUES)[:-3], "it is not of schema 7: "),
        (framed(7, SESSION, VALUES) + b"x", "it is not of schema 7: it goes on after its end"),
        (b"\0\0\0\0\x07\xff\xff\xff\xff\xff", "it is not of schema 7: "),
        (b"\0\0\0\0\x08{}", "schema 8 is JSON, expected AVRO"),
        (b"\0\0\0\0\x09\x02", "schema 9 is not valid: "),
        (framed(10, "bytes", b"\xff\xfe"), "it is not of schema 10: UnicodeDecodeError"),
        (
            framed(11, MILLIS, 2**62),
            "it is not of schema 11: OverflowError",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_its_schema_is_malformed(
    registry: SchemaServer, decode: AvroDecoder, value: bytes, sentence: str
) -> None:
    registry.add(8, {"type": "object"}, "JSON")
    registry.add(9, {"type": "record", "name": "X", "fields": [{"name": "a", "type": "nowhere.Known"}]})
    registry.add(10, "bytes")
    registry.add(11, MILLIS)
    with pytest.raises(Malformed) as caught:
        decode(value)
    assert str(caught.value).startswith(sentence)


def test_schemas_may_refer_to_others(registry: SchemaServer, decode: AvroDecoder) -> None:
    address = {"type": "record", "name": "geo.Place", "fields": [{"name": "lat", "type": "float"}]}
    person = {"type": "record", "name": "Person", "fields": [{"name": "at", "type": ["null", "geo.Place"]}]}
    registry.add(20, address)
    registry.subjects["places", 3] = 20
    registry.add(21, person, references=[{"name": "geo.Place", "subject": "places", "version": 3}])
    known: dict[str, Any] = {}
    fastavro.parse_schema(address, known)
    text = io.BytesIO()
    fastavro.schemaless_writer(text, fastavro.parse_schema(person, known), {"at": {"lat": 4.2}})
    assert decode(b"\0\0\0\0\x15" + text.getvalue()) == '{"at":{"lat":4.2}}'
    registry.add(22, person, references=[{"name": "geo.Place", "subject": "nowhere", "version": 1}])
    with pytest.raises(Malformed, match="the registry lacks version 1 of nowhere"):
        decode(b"\0\0\0\0\x16\0")


def test_a_schema_that_is_registered_later_is_found_then(registry: SchemaServer, decode: AvroDecoder) -> None:
    with pytest.raises(Malformed):
        decode(framed(30, SESSION, VALUES))
    registry.add(30, SESSION)
    assert '"user_id":1' in decode(framed(30, SESSION, VALUES))


def test_a_registry_that_does_not_answer_is_no_fault_of_the_message(registry: SchemaServer) -> None:
    with pytest.raises(Unavailable, match=r"The schema registry http://127.0.0.1:1 can't be reached: "):
        AvroDecoder(Registry("http://127.0.0.1:1", {}))(framed(7, SESSION, VALUES))
    registry.fails = 403
    try:
        with pytest.raises(Unavailable, match="refuses with status 403"):
            AvroDecoder(Registry(registry.url, {}))(framed(7, SESSION, VALUES))
    finally:
        registry.fails = 0


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="The schema registry 'registry:8081' can't be used"):
        Registry("registry:8081", {})


@pytest.mark.slow
def test_sessions_in_avro_are_loaded_and_others_quarantined(
    decode: AvroDecoder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cluster = MockCluster()
    cluster.send("avro", [framed(7, SESSION, VALUES), framed(99, SESSION, VALUES), b"junk", framed(7, SESSION, VALUES)])
    with peopled(tmp_path_factory.mktemp("avro")) as warehouse:
        (done,) = consume(warehouse, cluster.brokers, "avro", "viewing_sessions", decode).batches
        assert (done.report["accepted"], done.report["duplicates"], done.report["quarantined"]) == (1, 1, 2)
        (attributes,) = stored(warehouse).values()
    assert attributes == {
        "day": "2024-02-29",
        "at": "10:00:00.5",
        "volume": "4.2",
        "precise": "0.1",
        "tags.a": "x",
        "tags.b": "7",
        "tags.c": "1.1",
        "app.version": "4.20",
    }
