"""Schemas of Avro, prepared so that fastavro reads floats as they are written.

A float of 32 bits is read as the shortest decimal that is that float, and one that JSON does not have as its name. Both
are logical types to fastavro, which calls the reader of each: no value is walked a second time beside its schema.
"""

import math
from typing import Any

import numpy as np
from fastavro.read import LOGICAL_READERS

_OURS = "marquee"


def with_float_readers(schema: Any) -> Any:
    """A schema, as its JSON has it, whose floats have a reader of ours."""
    match schema:
        case "float" | "double":
            return {"type": schema, "logicalType": _OURS}
        case {"type": "float" | "double" as kind}:
            return {"type": kind, "logicalType": _OURS}
        case list():
            return [with_float_readers(one) for one in schema]
        case {"fields": fields}:
            return schema | {"fields": [one | {"type": with_float_readers(one["type"])} for one in fields]}
        case {"type": dict() | list() as inner}:
            return with_float_readers(inner)
        case dict():
            return schema | {key: with_float_readers(schema[key]) for key in ("items", "values") if key in schema}
    return schema


def _float(value: float, *_: object) -> float | str:
    return float(str(np.float32(value))) if math.isfinite(value) else _double(value)


def _double(value: float, *_: object) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


LOGICAL_READERS[f"float-{_OURS}"] = _float
LOGICAL_READERS[f"double-{_OURS}"] = _double
