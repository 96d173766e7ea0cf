"""All published operations: those that Marquee brings, and those that admins published, which come and go.

The latter are kept in the warehouse and looked up in memory. They are read again after a change in this process, and
where other processes publish too, once a second. Of a name that both have, Marquee's own counts.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from anyio import to_thread
from graphql import GraphQLError

from resolvers.documents import document_of
from resolvers.operation_publisher_interface import Published
from server.answering.published_operations import Operation, operation_in
from server.answering.questions_in_parameters import QUESTIONS
from warehouse.errors import BadInput, MarqueeError
from warehouse.published_operations import PublishedOperations, SavedOperation
from warehouse.saved_items import Owner

LOG = logging.getLogger("marquee.server")
STALE_S = 1.0


@dataclass(frozen=True, eq=False)
class Edition:
    """The operations at one time; a later edition is another object."""

    operations: Mapping[str, Operation]
    saved: Mapping[str, SavedOperation] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Operation]:
        """The operations by document id."""
        return {one.document_id: one for one in self.operations.values()}


class OperationCatalogue(Mapping[str, Operation]):
    """The operations by name; safe to use from threads. `is_shared` says whether other processes publish too."""

    def __init__(
        self,
        built_in: Mapping[str, Operation],
        table: PublishedOperations,
        is_shared: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.built_in = built_in
        self._table = table
        self._is_shared = is_shared
        self._clock = clock
        self._reading = threading.Lock()
        self._edition = Edition(built_in)
        self._read_at, self._failed_at, self._changes = -STALE_S, -STALE_S, -1
        self._state: tuple[int, int] | None = None
        self._unreadable: set[str] = set()
        self._read_or_warn()

    def __getitem__(self, name: str) -> Operation:
        return self._edition.operations[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._edition.operations)

    def __len__(self) -> int:
        return len(self._edition.operations)

    @property
    def edition(self) -> Edition:
        """The operations as they are now, for whoever looks several times or keeps what it made of them."""
        return self._edition

    @property
    def is_stale(self) -> bool:
        """Whether operations may have been published or unpublished since the table was read. A table that could not
        be read is left alone for a second.
        """
        if self._clock() - self._failed_at < STALE_S:
            return False
        if self._changes != self._table.signal.changes:
            return True
        return self._is_shared and self._clock() - self._read_at >= STALE_S

    async def catch_up(self) -> None:
        """Read again what may have changed. Where the warehouse does not answer, what is known still counts."""
        if self.is_stale:
            await to_thread.run_sync(self._read_or_warn)

    @property
    def published(self) -> Mapping[str, Published]:
        """All operations with who published them, as the API shows them."""
        edition = self._edition
        return {name: _told(one, edition.saved.get(name)) for name, one in edition.operations.items()}

    def publish(self, name: str, document: str, owner: Owner) -> Published:
        """Publish a valid document under its operation's name; it can be run once this returns.

        Raises: BadInput for a name that is taken, or where there are too many.
        """
        if name in QUESTIONS:
            raise BadInput(
                f"{name} is the name of a question at /api/{name}. Call the operation otherwise.", "document"
            )
        if name in self.built_in:
            raise BadInput(f"{name} is an operation that Marquee brings. Call yours otherwise.", "document")
        operation = _read(document)
        if operation is None or operation.name != name:
            raise BadInput(f"The document must have exactly one operation, named {name}.", "document")
        saved = self._table.publish(name, document, owner)
        self._read()
        return _told(operation, saved)

    def unpublish(self, name: str) -> None:
        """Unpublish an operation; it can't be run any more once this returns.

        Raises: BadInput for one that no admin published.
        """
        found = self._table.find(name)
        if found is None:
            if name in self.built_in:
                raise BadInput(f"{name} is an operation that Marquee brings, so it can't be unpublished.", "name")
            raise BadInput(f"There is no published operation {name[:100]}.", "name")
        self._table.unpublish(found)
        self._read()

    def _read_or_warn(self) -> None:
        # One at a time: others go on with what is known.
        if not self._reading.acquire(blocking=False):
            return
        try:
            self._look()
        except MarqueeError as error:
            self._failed_at = self._clock()
            LOG.warning("The published operations can't be read: %s", error)
        finally:
            self._reading.release()

    def _read(self) -> None:
        """Read the table as it is now.

        Raises: MarqueeError when the warehouse does not answer; what is known stays, and is stale.
        """
        with self._reading:
            self._look()

    def _look(self) -> None:
        began, changes = self._clock(), self._table.signal.changes
        state = self._table.state()
        if state != self._state:
            self._edition = self._edition_of(self._table.all())
            self._state = state
        self._read_at, self._failed_at, self._changes = began, -STALE_S, changes

    def _edition_of(self, saved: Iterable[SavedOperation]) -> Edition:
        operations, kept = dict(self.built_in), {}
        for one in saved:
            known = self._edition.operations.get(one.name)
            operation = known if known is not None and known.document == one.document else _read(one.document)
            if operation is None or operation.name != one.name:
                self._warn(one.name)
            elif one.name not in self.built_in:
                operations[one.name], kept[one.name] = operation, one
        return Edition(operations, kept)

    def _warn(self, name: str) -> None:
        if name not in self._unreadable:
            self._unreadable.add(name)
            LOG.warning("The published operation %s can't be read by this version of Marquee.", name)


def _read(document: str) -> Operation | None:
    """The one operation of a document; None if it has none, several, or can't be parsed."""
    try:
        return operation_in(document, document_of(document))
    except GraphQLError:
        return None


def _told(operation: Operation, saved: SavedOperation | None) -> Published:
    return Published(operation.name, operation.document, operation.document_id, operation.description, saved)
