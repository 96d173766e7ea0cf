"""Arrow columns of any type as plain Python values, independent of the file's format.

Numbers, texts, truths and lists are Python's; objects are `Pairs`; times are texts in ISO 8601.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_DAY_MS = 86_400_000

Numbers = npt.NDArray[np.int64]


class Digits(str):
    """A number as its digits, for numbers that neither a 64-bit integer nor a float can hold."""

    __slots__ = ()


class Pairs(tuple[tuple[str, object], ...]):
    """An object, in which a name may be repeated."""

    __slots__ = ()

    def items(self) -> Iterator[tuple[str, object]]:
        """Names and values, in order."""
        return iter(self)


class Undecodable:
    """Stands for bytes that are not UTF-8."""

    def __str__(self) -> str:
        return "\N{REPLACEMENT CHARACTER}"


UNDECODABLE = Undecodable()


def values(column: pa.Array) -> Sequence[object]:
    """The column's values; None where a value is missing. Its type is one that `arrow_types.is_readable`."""
    if isinstance(column.type, pa.BaseExtensionType) and not isinstance(column.type, pa.UuidType):
        return values(column.storage)
    return next(read for is_of, read in _READERS if is_of(column.type))(column)


def holds_bytes(kind: pa.DataType) -> bool:
    """Whether values are texts, or bytes that may be."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary)
    more = (pa.types.is_large_binary, pa.types.is_binary_view, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in (*tests, *more))


def _decoded(octets: bytes) -> object:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return UNDECODABLE


def _plain(column: pa.Array) -> Sequence[object]:
    return list(column.to_pylist())


def _texts(column: pa.Array) -> Sequence[object]:
    return [None if one is None else _decoded(one) for one in column.cast(pa.large_binary()).to_pylist()]


def _decimals(column: pa.Array) -> Sequence[object]:
    return [None if one is None else Digits(format(one, "f")) for one in column.to_pylist()]


def _short_floats(column: pa.Array) -> Sequence[object]:
    """Widening would turn 4.2 into 4.19999980926513671875, so the shortest decimal is used."""
    return _with_nulls([float(str(one)) for one in column.fill_null(0).to_numpy(zero_copy_only=False)], column)


def _unions(column: pa.UnionArray) -> Sequence[object]:
    codes = column.type_codes.to_pylist()
    is_dense = column.type.mode == "dense"
    places = column.offsets.to_pylist() if is_dense else range(column.offset, column.offset + len(column))
    members = {
        code: values(column.field(place) if is_dense else column.child(place))
        for place, code in enumerate(column.type.type_codes)
    }
    return [members[code][place] for code, place in zip(codes, places, strict=True)]


def _intervals(column: pa.Array) -> Sequence[object]:
    """Months, days and nanoseconds as an ISO 8601 duration, each with its sign."""
    return [
        None if one is None else f"P{one.months}M{one.days}DT{_seconds(one.nanoseconds, 'ns')}S"
        for one in column.to_pylist()
    ]


def _uuids(column: pa.Array) -> Sequence[object]:
    return [None if one is None else str(one) for one in column.to_pylist()]


def _seconds(count: int, unit: str) -> str:
    return _without_zeros(format(Decimal(count).scaleb(-_DIGITS[unit]), "f"))


def _with_nulls(found: Iterable[object], column: pa.Array) -> Sequence[object]:
    return [one if valid else None for one, valid in zip(found, column.is_valid().to_pylist(), strict=True)]


def _objects(column: pa.StructArray) -> Sequence[object]:
    names = [field.name for field in column.type]
    members = [values(member) for member in column.flatten()]
    rows = zip(*members, strict=True) if members else ((),) * len(column)
    return _with_nulls([Pairs(zip(names, row, strict=True)) for row in rows], column)


def _maps(column: pa.MapArray) -> Sequence[object]:
    entry = pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])
    return [
        None if entries is None else Pairs(_entry(key, value) for (_, key), (_, value) in entries)
        for entries in _lists(column.cast(pa.list_(entry)))
    ]


def _entry(key: object, value: object) -> tuple[str, object]:
    """A key that is not UTF-8 makes its value unreadable, so that the row is not kept under another key."""
    return str(key), UNDECODABLE if key is UNDECODABLE else value


def _lists(column: pa.Array) -> Sequence[list[Any] | None]:
    items = iter(values(pc.list_flatten(column)))
    lengths = pc.list_value_length(column).to_pylist()
    return [None if length is None else [next(items) for _ in range(length)] for length in lengths]


def _times(column: pa.Array) -> Sequence[object]:
    kind = column.type
    if pa.types.is_date(kind):
        days = _numbers(column) // (_DAY_MS if pa.types.is_date64(kind) else 1)
        return _with_nulls(_iso(days, "D"), column)
    numbers = _numbers(column)
    if pa.types.is_duration(kind):
        return _with_nulls([f"PT{_seconds(one, kind.unit)}S" for one in numbers.tolist()], column)
    if pa.types.is_time(kind):
        return _with_nulls([one.partition("T")[2] for one in _iso(numbers, kind.unit)], column)
    if kind.tz is None:
        return _with_nulls(_iso(numbers, kind.unit), column)
    return _with_nulls(_with_offsets(column, numbers), column)


def _with_offsets(column: pa.TimestampArray, numbers: Numbers) -> list[str]:
    """Instants in local time of their zone; in UTC if the zone is unknown."""
    try:
        local = _numbers(pc.local_timestamp(column))
    except pa.ArrowInvalid:
        local = numbers
    offsets = (local - numbers) // 10 ** _DIGITS[column.type.unit]
    return [
        f"{one}{_offset(offset)}" for one, offset in zip(_iso(local, column.type.unit), offsets.tolist(), strict=True)
    ]


def _offset(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}{f':{rest:02}' if rest else ''}"


def _numbers(column: pa.Array) -> Numbers:
    whole = column.view(pa.int32() if column.type.bit_width == 32 else pa.int64())
    numbers: Numbers = whole.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _iso(numbers: Numbers, unit: str) -> list[str]:
    return [_without_zeros(one) for one in np.datetime_as_string(numbers.view(f"datetime64[{unit}]")).tolist()]


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


_READERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], Sequence[object]]], ...] = (
    (pa.types.is_dictionary, lambda column: values(column.dictionary_decode())),
    (pa.types.is_run_end_encoded, lambda column: values(pc.run_end_decode(column))),
    (lambda kind: isinstance(kind, pa.UuidType), _uuids),
    (pa.types.is_struct, _objects),
    (pa.types.is_map, _maps),
    (pa.types.is_union, _unions),
    (pa.types.is_nested, _lists),
    (pa.types.is_interval, _intervals),
    (pa.types.is_temporal, _times),
    (pa.types.is_decimal, _decimals),
    (pa.types.is_float16, _short_floats),
    (pa.types.is_float32, _short_floats),
    (lambda kind: pa.types.is_primitive(kind) or pa.types.is_null(kind), _plain),
    (holds_bytes, _texts),
)
