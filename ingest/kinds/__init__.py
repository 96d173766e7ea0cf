"""The kinds of values that files hold: each turns a column as it was found into the warehouse's exact type.

A kind never guesses and never raises over a value: what it can't read it marks, and the validation says so.
"""

from ingest.kinds.dates import Date
from ingest.kinds.ids import HashedId, Id
from ingest.kinds.instants import Instant
from ingest.kinds.kind import Found, Kind
from ingest.kinds.numbers import Scaled, Whole
from ingest.kinds.texts import CountryCode, Text, TextList

__all__ = ["CountryCode", "Date", "Found", "HashedId", "Id", "Instant", "Kind", "Scaled", "Text", "TextList", "Whole"]
