"""The kinds of values in files: each converts a column as found into the warehouse's exact type.

A kind never guesses and never raises for a value: it marks what it can't read, and validation reports it.
"""

from ingest.kinds.dates import Date
from ingest.kinds.ids import HashedId, Id
from ingest.kinds.instants import Instant
from ingest.kinds.kind import Found, Kind
from ingest.kinds.numbers import Scaled, Whole
from ingest.kinds.texts import CountryCode, Text, TextList

__all__ = ["CountryCode", "Date", "Found", "HashedId", "Id", "Instant", "Kind", "Scaled", "Text", "TextList", "Whole"]
