"""How the cells of a column seem to be written: the format of its dates, its unit, what separates a list's texts, and
what stands for nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from ingest.profiles.profile import JSON
from ingest.rows.contract import Column
from ingest.rows.units import UNITS
from ingest.value_kinds import Date, HashedId, Instant, Scaled, Whole
from ingest.value_kinds.plain_columns import plain
from warehouse import ids

NULLS = ("\\N", "NULL", "null", "None", "NA", "N/A", "nan", "NaN", "-")
# Days first, before months first: a day beyond 12 decides.
DATE_FORMATS = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y",
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %z",
    "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d/%b/%Y:%H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
SEPARATORS = (",", ";", "/")


def add_formats(document: dict[str, Any], column: Column, texts: Sequence[str]) -> None:
    """Add what a column's texts show to the document of a profile."""
    kind = column.kind
    if not texts:
        return
    if isinstance(kind, Instant | Date) and _bad(column, texts):
        fit = next((form for form in DATE_FORMATS if _fits(form, texts)), None)
        if fit:
            document.setdefault("dates", {})[column.name] = [fit]
    elif isinstance(kind, Scaled | Whole):
        _tell_unit(document, column, texts)
    elif column.name == "genres":
        separator = _separator(texts)
        if separator:
            document.setdefault("separators", {})["genres"] = separator
    elif isinstance(kind, HashedId) and not all(map(_is_id, texts)):
        document.setdefault("hash_ids", True)


def _is_id(text: str) -> bool:
    return ids.parse(text.strip()) is not None


def _tell_unit(document: dict[str, Any], column: Column, texts: Sequence[str]) -> None:
    if all("," in text or text.isdigit() for text in texts) and any("," in text for text in texts):
        document["decimal"] = ","
        texts = [text.replace(".", "").replace(",", ".") for text in texts]
    if not _bad(column, texts):
        return
    for name, unit in UNITS.items():
        if column.name not in unit.columns:
            continue
        numbers = [unit.convert(text.strip()) for text in texts]
        told = [format(one, "f") for one in numbers if one is not None]
        if len(told) == len(texts) and not _bad(column, told):
            document.setdefault("units", {})[column.name] = name
            return


def _separator(texts: Sequence[str]) -> str | None:
    if all(text.lstrip().startswith("[") for text in texts):
        return JSON
    if any("|" in text for text in texts):
        return None
    return next((sign for sign in SEPARATORS if any(sign in text for text in texts)), None)


def _bad(column: Column, texts: Sequence[str]) -> bool:
    """Whether the column's kind can't read a tenth of the texts."""
    read = column.kind.read(plain(pa.array(texts, pa.string())).values)
    return bool(read.bad.sum() * 10 > len(texts))


def _fits(form: str, texts: Sequence[str]) -> bool:
    for text in texts:
        try:
            datetime.strptime(text.strip(), form)  # noqa: DTZ007 - only whether it can be read counts
        except ValueError:
            return False
    return True
