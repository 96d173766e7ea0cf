"""Arrow columns of any type in a plain one: no dictionaries, runs, views or large texts, and one kind of list.

Which types can be read at all is an allow-list, so that a file with another is refused by its schema, before a row is
read.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_LISTS = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)
_TEXTS = (pa.types.is_large_string, pa.types.is_string_view)
_BYTES = (pa.types.is_large_binary, pa.types.is_binary_view)
_SINGLE = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_string,
    pa.types.is_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_timestamp,
    pa.types.is_duration,
    lambda kind: kind == pa.month_day_nano_interval(),
)


def is_list(kind: pa.DataType) -> bool:
    """Whether it is a list of any kind."""
    return any(is_of(kind) for is_of in _LISTS)


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type that `in_plain_type` gives."""
    if pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType) and not isinstance(kind, pa.UuidType):
        return plain_type(kind.storage_type)
    if is_list(kind):
        return pa.list_(plain_type(kind.value_type))
    if any(is_of(kind) for is_of in _TEXTS):
        return pa.string()
    return pa.binary() if any(is_of(kind) for is_of in _BYTES) else kind


def in_plain_type(column: pa.Array) -> pa.Array:
    """The same values in the plain type. Structs, maps and unions stay as they are, with all in them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return in_plain_type(column.dictionary_decode())
    if pa.types.is_run_end_encoded(kind):
        return in_plain_type(pc.run_end_decode(column))
    if isinstance(kind, pa.BaseExtensionType) and not isinstance(kind, pa.UuidType):
        return in_plain_type(column.storage)
    if is_list(kind):
        return _list(column)
    wanted = plain_type(kind)
    return column if kind == wanted else column.cast(wanted)


def is_readable(kind: pa.DataType) -> bool:
    """Whether values of the type, at any depth, can be kept."""
    if pa.types.is_struct(kind):
        return all(is_readable(kind.field(place).type) for place in range(kind.num_fields))
    if pa.types.is_map(kind):
        return is_readable(kind.key_type) and is_readable(kind.item_type)
    if pa.types.is_union(kind):
        return all(is_readable(kind.field(place).type) for place in range(kind.num_fields))
    plain = plain_type(kind)
    return is_readable(plain.value_type) if is_list(plain) else _is_single(plain)


def _is_single(kind: pa.DataType) -> bool:
    return isinstance(kind, pa.UuidType) or any(is_of(kind) for is_of in _SINGLE)


def _list(column: pa.Array) -> pa.ListArray:
    if pa.types.is_list(column.type) and column.type.value_type == plain_type(column.type.value_type):
        return column
    lengths = pc.list_value_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.append(0, np.cumsum(lengths)), pa.int32())
    return pa.ListArray.from_arrays(offsets, in_plain_type(pc.list_flatten(column)), mask=column.is_null())
