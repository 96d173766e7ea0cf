"""What a client sent is found as it was sent: whatever the format, and whatever stands beside it."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from ingest.loading.load_file import load_file
from ingest.loading.options import Options
from tests.integration.ingest.attribute_sessions import (
    as_csv,
    as_ndjson,
    as_table,
    found,
    grouped,
    know_film_and_user,
    send,
    settle,
    stored,
)
from tests.integration.ingest.files import ROW
from warehouse import Warehouse
from warehouse.loads import ledger

pytestmark = pytest.mark.slow

TEXTS = (
    *("7", "007", "-0", "+5", "4.2", "4.20", "1e5", "0x10", "1,5", "9007199254740993", "18446744073709551616"),
    *("true", "True", "false", "null", "NULL", "None", "NaN", "nan", "inf", "N/A", "-", "Drama|War"),
    *(
        "2025-01-07",
        "2025-02-30",
        "2025-01-01T10:00:00+02:00",
        "2025-01-01 10:00:00",
        "01/07/2025",
        "10:00",
        "20250107",
    ),
    *(" leading", "trailing ", "\ttab", "two\nlines", "ünï", "🎬", "ключ", "it's", 'quo"te', "back\\slash", "`"),
    *("[1,2]", "{}", '{"a":1}', "[]", "%(x)s", "{p:String}", "'", "'; DROP TABLE viewing_sessions; --"),
)
# JSON as it is sent, and the text that finds it.
VALUES = (
    ("7", "7"),
    ("-7", "-7"),
    ("0", "0"),
    ("9007199254740993", "9007199254740993"),
    ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("18446744073709551615", "18446744073709551615"),
    ("18446744073709551616", "18446744073709551616"),
    ("-9223372036854775809", "-9223372036854775809"),
    ("123456789012345678901234567890123456789012345678901234567890", "1234567890" * 6),
    ("4.2", "4.2"),
    ("4.20", "4.2"),
    ("4.0", "4.0"),
    ("1e5", "100000.0"),
    ("1e22", "1e+22"),
    ("1e-7", "1e-07"),
    ("0.1", "0.1"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("5e-324", "5e-324"),
    ("-2.5", "-2.5"),
    ("true", "true"),
    ("false", "false"),
    ("[]", "[]"),
    ('[1, 2.5, "a", null, true]', '[1,2.5,"a",null,true]'),
    ("[7, 9007199254740993, 2.5]", "[7,9007199254740993,2.5]"),
    ("[18446744073709551616]", "[18446744073709551616]"),
    ('["2025-02-30", "ünï"]', '["2025-02-30","ünï"]'),
    ('[{"b": 1, "a": [4.2]}]', '[{"b":1,"a":[4.2]}]'),
    *((json.dumps(text), text) for text in TEXTS),
)
NOTHING = ("null", '""', "{}")


def assert_found(warehouse: Warehouse, path: str, texts: Counter[str], unknown: int = 0) -> None:
    """Groups show each text as often as it was sent, and filters find it."""
    assert grouped(warehouse, path) == texts + Counter({"Unknown": unknown})
    for text, times in texts.items():
        assert found(warehouse, path, text) == times, text
    assert found(warehouse, path, *texts) == texts.total()
    assert found(warehouse, path, "nothing like it") == 0


def lines(values: list[str], first: int) -> str:
    """NDJSON whose rows have these JSON texts under `value`."""
    start = json.dumps({name: value for name, value in ROW.items() if name != "id"})[:-1]
    return "".join(f'{start}, "id": {number}, "value": {value}}}\n' for number, value in enumerate(values, first))


def shuffled(seed: int) -> list[tuple[str, str | None]]:
    """Everything in one order of many, some of it twice."""
    chance = Random(seed)
    sent = [*VALUES, *chance.sample(VALUES, 20), *((nothing, None) for nothing in NOTHING)]
    chance.shuffle(sent)
    return sent


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(3))
def test_every_value_of_ndjson_is_found_whatever_its_neighbours(
    warehouse: Warehouse, tmp_path: Path, seed: int
) -> None:
    know_film_and_user(warehouse, tmp_path)
    sent = shuffled(seed)
    path = tmp_path / "a.ndjson"
    path.write_text(lines([value for value, _ in sent], 1))
    send(warehouse, path)
    texts = Counter(text for _, text in sent if text is not None)
    assert_found(warehouse, "value", texts, unknown=len(NOTHING))
    settle(warehouse)
    assert_found(warehouse, "value", texts, unknown=len(NOTHING))


def test_a_value_alone_in_its_load_is_the_value_beside_others(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    path = tmp_path / "a.ndjson"
    for number, (value, _) in enumerate(VALUES[4:16], 1):
        path.write_text(lines([value], number))
        send(warehouse, path)
    assert_found(warehouse, "value", Counter(text for _, text in VALUES[4:16]))
    settle(warehouse)
    assert_found(warehouse, "value", Counter(text for _, text in VALUES[4:16]))


@pytest.mark.parametrize("ending", ["csv", "parquet", "arrow"])
def test_every_text_of_the_other_formats_is_found(warehouse: Warehouse, tmp_path: Path, ending: str) -> None:
    know_film_and_user(warehouse, tmp_path)
    texts = ["", *TEXTS]
    path = tmp_path / f"a.{ending}"
    send(warehouse, as_csv(path, 1, {"value": texts}) if ending == "csv" else as_table(path, 1, {"value": texts}))
    assert_found(warehouse, "value", Counter(TEXTS), unknown=1)


TYPED: tuple[tuple[pa.Array, list[str | None]], ...] = (
    (pa.array([7, None, -(2**63), 2**53 + 1], pa.int64()), ["7", None, "-9223372036854775808", "9007199254740993"]),
    (pa.array([2**64 - 1, 0], pa.uint64()), ["18446744073709551615", "0"]),
    (pa.array([1, -1], pa.int8()), ["1", "-1"]),
    (pa.array([4.2, None, 1e22, 4.0]), ["4.2", None, "1e+22", "4.0"]),
    (pa.array([4.2, 0.1, float("nan"), float("-inf")], pa.float32()), ["4.2", "0.1", "NaN", "-Infinity"]),
    (pa.array([True, False, None]), ["true", "false", None]),
    (pa.array(["7", "2025-02-30", ""]).dictionary_encode(), ["7", "2025-02-30", None]),
    (pa.array(["7", "true"], pa.large_string()), ["7", "true"]),
    (pa.array([b"7", b"\xc3\xbc"], pa.binary()), ["7", "ü"]),
    (pa.array([Decimal("4.20"), Decimal("-0.05")], pa.decimal128(38, 2)), ["4.20", "-0.05"]),
    (pa.array([date(2025, 2, 28)]), ["2025-02-28"]),
    (pa.array([time(10, 0, 0, 500_000)], pa.time64("us")), ["10:00:00.5"]),
    (pa.array([1_735_725_600_000_000], pa.timestamp("us")), ["2025-01-01T10:00:00"]),
    (pa.array([datetime(2025, 1, 1, 10, tzinfo=UTC)], pa.timestamp("ms", "UTC")), ["2025-01-01T10:00:00+00:00"]),
    (
        pa.array([datetime(2025, 1, 1, 9, tzinfo=UTC)], pa.timestamp("s", "Europe/Berlin")),
        ["2025-01-01T10:00:00+01:00"],
    ),
    (pa.array([1], pa.timestamp("ns")), ["1970-01-01T00:00:00.000000001"]),
    (pa.array([[1, None], [], None], pa.list_(pa.int64())), ["[1,null]", "[]", None]),
    (pa.array([["a", "b|c"]], pa.list_(pa.string())), ['["a","b|c"]']),
)


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_columns_of_every_type_share_a_path(warehouse: Warehouse, tmp_path: Path, ending: str) -> None:
    know_film_and_user(warehouse, tmp_path)
    texts: list[str | None] = []
    for column, expected in TYPED:
        send(warehouse, as_table(tmp_path / f"a.{ending}", len(texts) + 1, {"value": column}))
        texts.extend(expected)
    known = Counter(text for text in texts if text is not None)
    assert_found(warehouse, "value", known, unknown=texts.count(None))
    settle(warehouse)
    assert_found(warehouse, "value", known, unknown=texts.count(None))


def test_a_number_and_the_text_of_its_digits_are_one_value(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    send(warehouse, as_csv(tmp_path / "a.csv", 1, {"version": ["4.2", "7", "true"]}))
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 10, [{"version": 4.2}, {"version": "4.2"}, {"version": 7}]))
    send(warehouse, as_table(tmp_path / "a.parquet", 20, {"version": [4.2, 7.5]}))
    send(warehouse, as_table(tmp_path / "b.parquet", 30, {"version": [True]}))
    settle(warehouse)
    assert_found(warehouse, "version", Counter({"4.2": 4, "7": 2, "true": 2, "7.5": 1}))


def test_objects_are_paths_in_every_format_that_has_them(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    app = {"version": "2.1", "build": {"number": 7, "debug": False}}
    kind = pa.struct([("version", pa.string()), ("build", pa.struct([("number", pa.int8()), ("debug", pa.bool_())]))])
    send(warehouse, as_ndjson(tmp_path / "a.ndjson", 1, [{"app": app}]))
    send(warehouse, as_table(tmp_path / "a.parquet", 2, {"app": pa.array([app, None], kind)}))
    flags = pa.array([[("debug", "false"), ("number", "7")]], pa.map_(pa.string(), pa.string()))
    send(warehouse, as_table(tmp_path / "a.arrow", 4, {"app.version": ["2.1"], "app.build": flags}))
    send(warehouse, as_csv(tmp_path / "a.csv", 5, {"app.version": ["2.1"], "app.build.number": ["7"]}))
    whole = {"app.version": "2.1", "app.build.number": "7", "app.build.debug": "false"}
    assert stored(warehouse) == {
        1: whole,
        2: whole,
        3: {},
        4: whole,
        5: {"app.version": "2.1", "app.build.number": "7"},
    }
    assert_found(warehouse, "app.build.number", Counter({"7": 4}), unknown=1)


def test_values_wait_in_the_quarantine_as_they_were_sent(warehouse: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(lines([value for value, _ in VALUES], 1))
    assert load_file(warehouse, "viewing_sessions", path).summary.quarantined == len(VALUES)
    know_film_and_user(warehouse, tmp_path)
    warehouse.retry()
    assert_found(warehouse, "value", Counter(text for _, text in VALUES))


def test_values_outlive_a_replacement_and_an_undo(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    path = tmp_path / "a.ndjson"
    path.write_text(lines([value for value, _ in VALUES], 1))
    texts = Counter(text for _, text in VALUES)
    first = send(warehouse, path).summary.load_id
    second = load_file(warehouse, "viewing_sessions", path, options=Options(replaces=first)).summary.load_id
    assert_found(warehouse, "value", texts)
    warehouse.undo(second)
    assert grouped(warehouse, "value", as_of=first) == texts
    assert grouped(warehouse, "value", as_of=second) == texts
    assert ledger.find(warehouse.engine, second) is not None


def a_value(chance: Random, depth: int = 0) -> Any:
    """Anything JSON can say."""
    kind = chance.randrange(9 if depth < 3 else 7)
    match kind:
        case 0:
            return chance.choice((None, "", True, False))
        case 1:
            return chance.choice((1, -1)) * chance.randrange(2 ** chance.choice((4, 33, 54, 63, 64, 90)))
        case 2:
            return chance.choice(
                (
                    chance.random(),
                    chance.gauss(0, 1e12),
                    float(chance.randrange(100)),
                    10.0 ** chance.randrange(-30, 30),
                )
            )
        case 3:
            return date.fromordinal(chance.randrange(700_000, 740_000)).isoformat()
        case 4:
            day, hour, offset = chance.randrange(100), chance.randrange(24), chance.randrange(10)
            return f"2025-02-{day:02}T{hour:02}:00:00+0{offset}:00"
        case 5:
            return str(chance.choice((chance.randrange(100), chance.random(), chance.random() < 0.5)))
        case 6:
            return "".join(chance.choices("aé🎬 .\"'\\`{}[]:,\n\t0", k=chance.randrange(1, 9)))
        case 7:
            return [a_value(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return {a_name(chance): a_value(chance, depth + 1) for _ in range(chance.randrange(4))}


def a_name(chance: Random) -> str:
    return chance.choice(("", "a", "b", "A", "sp ace", "da-sh", "ключ", "`", "'", '"', "\\", "$", "[]", "a:b", "0"))


def expected(value: Any, path: str) -> dict[str, str]:
    """What is kept of a value, by path."""
    if value is None or value == "":
        return {}
    if isinstance(value, dict):
        return {name: text for one, inner in value.items() for name, text in expected(inner, f"{path}.{one}").items()}
    if isinstance(value, str):
        return {path: value}
    return {path: json.dumps(value, ensure_ascii=False, separators=(",", ":"))}


@pytest.mark.timeout(120)
def test_anything_json_can_say_is_kept_by_path(warehouse: Warehouse, tmp_path: Path) -> None:
    know_film_and_user(warehouse, tmp_path)
    chance = Random(20)
    told: dict[int, dict[str, str]] = {}
    for _ in range(4):
        rows = [{f"x{a_name(chance)}": a_value(chance) for _ in range(chance.randrange(5))} for _ in range(300)]
        first = len(told) + 1
        for number, row in enumerate(rows, first):
            told[number] = {name: text for one, value in row.items() for name, text in expected(value, one).items()}
        send(warehouse, as_ndjson(tmp_path / "a.ndjson", first, rows))
    assert stored(warehouse) == told
    settle(warehouse)
    assert stored(warehouse) == told
    paths = sorted({path for row in told.values() for path in row})
    for path in chance.sample(paths, 40):
        texts = Counter(row.get(path, "Unknown") for row in told.values())
        assert grouped(warehouse, path) == texts
        for text in chance.sample(sorted(texts), min(2, len(texts))):
            assert found(warehouse, path, text) == texts[text]
