"""A shared load: small loads of several senders, staged together and shown in the same moment.

Each is a load of its own in the ledger, so one can be undone without the others.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads import ledger
from warehouse.loads.fact_load import FactLoad
from warehouse.loads.ledger import Entry, State
from warehouse.loads.row_verdicts import DUPLICATE


class SharedLoad(FactLoad):
    """Rows of a fact from several `sources`, each the names of its files. The files of a source follow one another, and
    each is a part of the load. `entry` counts all of them; its number is the first. With `is_stage_empty` it is known
    that no other load left anything. What is staged stays there when it is shown: the caller empties it later.
    """

    def __init__(
        self,
        engine: Engine,
        data_lock: ReadWriteLock,
        table: str,
        sources: Sequence[Sequence[str]],
        tombstones: Tombstones,
        is_stage_empty: bool = False,
    ) -> None:
        self._sources = sources
        # The number of parts until the end of each source.
        self._ends = list(accumulate(map(len, sources)))
        self._begun: Sequence[Entry] = ()
        files = [name for names in sources for name in names]
        self._is_stage_empty = is_stage_empty
        super().__init__(engine, data_lock, table, files, tombstones)

    @property
    def name(self) -> str:
        first, last = self._begun[0].load_id, self._begun[-1].load_id
        return super().name if first == last else f"loads {first} to {last}"

    def entries(self) -> Sequence[Entry]:
        counted, first = [], 0
        for entry, last in zip(self._begun, self._ends, strict=True):
            parts, first = range(first, last), last
            rows = sum(self.parts.rows[part] for part in parts)
            left_out = sum(self.parts.left_out[part].total() for part in parts)
            duplicates = sum(self.parts.left_out[part][DUPLICATE] for part in parts)
            counted.append(
                replace(
                    entry,
                    state=self.entry.state,
                    partitions=self.entry.partitions,
                    rows=rows,
                    accepted=rows - left_out,
                    duplicates=duplicates,
                    quarantined=left_out - duplicates,
                )
            )
        return counted

    def load_of(self, part: int) -> int:
        return self._begun[bisect_right(self._ends, part)].load_id

    def load_sql(self, row: str) -> str:
        ends = ", ".join(str(self.parts.ends[end - 1]) for end in self._ends)
        return f"{self.entry.load_id} + arrayCount(one -> one < {row}, [{ends}])"

    def _prepare(self) -> None:
        if not self._is_stage_empty:
            super()._prepare()

    def _finish_stage(self) -> None:
        pass

    def _begin(self, files: Sequence[str], retry_of: int, undo_of: int) -> Entry:
        self._begun = ledger.begin_several(self.engine, self.table, self._sources, retry_of, undo_of)
        return replace(self._begun[0], files=tuple(files))

    def _move(self, state: State) -> None:
        self._begun = ledger.move_all(self.engine, self.entries(), state)
        self.entry = replace(self.entry, state=state)
