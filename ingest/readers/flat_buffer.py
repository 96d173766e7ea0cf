"""FlatBuffers as Arrow writes them: tables of numbered fields, and lists of structs. Only what we need of them is read.

Source: the FlatBuffers binary format, https://flatbuffers.dev/internals/
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_COUNT_BYTES = 4


@dataclass(frozen=True)
class FlatBuffer:
    """Tables and lists are named by their places in `content`. All methods raise struct.error for places outside."""

    content: memoryview

    @property
    def root(self) -> int:
        """The first table."""
        return self._followed(0)

    def has(self, table: int, field: int) -> bool:
        """Whether a table has a field; one with its default value may be absent."""
        return bool(self._place(table, field))

    def number(self, table: int, field: int, kind: str) -> int:
        """A field's number, whose size and sign `kind` says as `struct` does; 0 if it is absent."""
        place = self._place(table, field)
        return self._read(place, kind) if place else 0

    def pointed(self, table: int, field: int) -> int:
        """The table or list that a field points to.

        Raises: struct.error if it is absent.
        """
        place = self._place(table, field)
        if not place:
            raise struct.error(f"field {field} is missing")
        return self._followed(place)

    def structs(self, list_: int, shape: struct.Struct) -> Iterator[tuple[int, ...]]:
        """A list's structs."""
        for number in range(self._read(list_, "I")):
            yield shape.unpack_from(self.content, list_ + _COUNT_BYTES + number * shape.size)

    def _place(self, table: int, field: int) -> int:
        """The place of a table's field; 0 if it is absent. The table points back at a list of its fields' places."""
        fields = table - self._read(table, "i")
        entry = 4 + 2 * field
        offset = self._read(fields + entry, "H") if entry < self._read(fields, "H") else 0
        return table + offset if offset else 0

    def _followed(self, place: int) -> int:
        return place + self._read(place, "I")

    def _read(self, place: int, kind: str) -> int:
        (found,) = struct.unpack_from(f"<{kind}", self.content, place)
        return int(found)
