"""The kinds of values in files: each converts a column as found into the warehouse's exact type.

A kind never guesses and never raises for a value: it marks what it can't read, and validation reports it.
"""

from ingest.value_kinds.dates import Date
from ingest.value_kinds.ids import HashedId, Id
from ingest.value_kinds.instants import Instant
from ingest.value_kinds.numbers import Scaled, Whole
from ingest.value_kinds.texts import CountryCode, Text, TextList, VariantShares
from ingest.value_kinds.value_kind import Found, Kind

__all__ = [
    "CountryCode",
    "Date",
    "Found",
    "HashedId",
    "Id",
    "Instant",
    "Kind",
    "Scaled",
    "Text",
    "TextList",
    "VariantShares",
    "Whole",
]
