"""The interface for publishing operations; the server puts an implementation into a request's context."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from warehouse.published_operations import SavedOperation
from warehouse.saved_items import Owner


@dataclass(frozen=True)
class Published:
    """A published operation; `saved` is None for one that Marquee brings."""

    name: str
    document: str
    document_id: str
    description: str
    saved: SavedOperation | None = None


class OperationPublisher(Protocol):
    """Publishes operations. Its calls wait for the warehouse, but for `published`."""

    @property
    def published(self) -> Mapping[str, Published]:
        """All published operations by name."""
        ...

    def publish(self, name: str, document: str, owner: Owner) -> Published:
        """Publish a valid document under its operation's name.

        Raises: BadInput for a name that is taken, or where there are too many.
        """
        ...

    def unpublish(self, name: str) -> None:
        """Unpublish an operation that was published here.

        Raises: BadInput for one that was not.
        """
        ...
