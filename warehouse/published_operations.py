"""Operations that admins published, kept as versions. Those that Marquee brings are files, and not here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.errors import BadInput
from warehouse.saved_items import Owner, Version, VersionedTable

MOST_OPERATIONS = 500


@dataclass(frozen=True)
class SavedOperation:
    """One version of a published operation. Its name is its identity; `document` is its text as it was sent."""

    name: str
    version: int
    document: str
    owner: Owner
    published_at: datetime


class PublishedOperations(VersionedTable[SavedOperation]):
    """The table of published operations."""

    noun, texts, most, most_of_one = "published_operation", ("document",), MOST_OPERATIONS, MOST_OPERATIONS
    removal = "Unpublish"

    def publish(self, name: str, document: str, owner: Owner) -> SavedOperation:
        """A new operation; after one of the same name that was unpublished, its next version.

        Raises: BadInput for a name that a published one has, or where there are too many.
        """
        with self._lock:
            published = self._newest_rows()
            if any(row[self._key] == name for row in published):
                raise BadInput(f"{name} is published already, and clients may use it. Unpublish it first.", "document")
            self._check_room(owner, published)
            made = SavedOperation(name, self._last_number(name) + 1, document, owner, datetime.now(UTC))
            self._save(made, is_deleted=False)
        self.signal.notify()
        return made

    def unpublish(self, based_on: SavedOperation) -> SavedOperation:
        """Unpublish an operation: its last version says so.

        Raises: BadInput if it has a newer version than the one that this is based on.
        """
        number, now = based_on.version + 1, datetime.now(UTC)
        return self._change(SavedOperation(based_on.name, number, "", based_on.owner, now), is_deleted=True)

    def state(self) -> tuple[int, int]:
        """Differs once versions were added or dropped: cheaper to ask than their documents."""
        found = self.engine.query(
            f"SELECT count(), groupBitXor(cityHash64({self._key}, version, saved_at, is_deleted)) FROM {self._table}"
        )
        ((rows, digest),) = found.rows
        return int(rows), int(digest)

    def _item(self, version: Version, texts: Mapping[str, str]) -> SavedOperation:
        return SavedOperation(version.identity, version.number, texts["document"], version.owner, version.saved_at)

    def _row(self, item: SavedOperation) -> tuple[Version, Mapping[str, str]]:
        version = Version(item.name, item.version, item.name, item.owner, item.published_at)
        return version, {"document": item.document}
