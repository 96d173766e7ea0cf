"""Loading a batch of messages: rows and offsets in one load, read and checked as the lines of a file are.

What a message lacks is that message's fault: no batch is refused for its rows, because the topic would end there.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from pyarrow import fs

from ingest.files.file_format import FileFormat
from ingest.loading.failure_boundaries import taken_by_the_engine
from ingest.loading.load_file import FileLoad, Loading
from ingest.loading.options import Options
from ingest.problems import Problem, Reason
from ingest.profiles.profile import Profile
from ingest.readers import RawRows, Rows, Source, Wanted
from ingest.readers.ndjson import BLOCK_BYTES
from ingest.readers.ndjson_block import read_block
from ingest.readers.ndjson_line_by_line import read_lines
from ingest.rows.contract import contract_for
from ingest.rows.validation import Validated
from ingest.topics.batch import Batch
from ingest.topics.messages import Row
from warehouse import Warehouse
from warehouse.loads.topic_offsets import refuse_taken

_UNIT = "message"


def load_batch(
    warehouse: Warehouse, table: str, batch: Batch, profile: Profile, clock: Callable[[], float] = time.time
) -> FileLoad:
    """Load a batch.

    Raises: OffsetsTaken if a message of it was loaded before; FileRefused if the engine does not take its rows; nothing
    of it is loaded then. BadInput for a profile that does not fit the table.
    """
    file = _opened(table, batch, profile, int(clock()))
    with (
        taken_by_the_engine(file.source.name),
        warehouse.load(table, [str(span) for span in batch.spans]) as load,
    ):
        load.leaves_trace = False
        refuse_taken(warehouse.engine, table, batch.spans)
        load.leaves_trace = True
        file.pour(load, _validated(file, batch))
        return file.became(load.commit())


def malformed_of(table: str, batch: Batch, profile: Profile, clock: Callable[[], float] = time.time) -> list[Problem]:
    """What is wrong with messages of a batch, whatever is stored; their numbers are those of the rows in the load.

    Raises: FileRefused, BadInput.
    """
    file = _opened(table, batch, profile, int(clock()))
    return [problem for block in _validated(file, batch) for problem in block.problems]


def _opened(table: str, batch: Batch, profile: Profile, now_s: int) -> Loading:
    contract = contract_for(table, now_s, hash_ids=profile.hashes_ids)
    options = Options(profile)
    wanted = options.wanted(contract)
    name = ", ".join(str(span) for span in batch.spans)
    source = Source(fs.LocalFileSystem(), "", name, FileFormat.NDJSON, None, 0)
    # Columns are said to be known, none of them: which are missing is asked of each row.
    return Loading(source, contract, options, wanted, Rows(frozenset(), _raw_rows(batch, wanted)))


def _validated(file: Loading, batch: Batch) -> Iterator[Validated]:
    """The blocks of a batch; what is wrong with a message says where that is."""
    messages = dict(zip(batch.numbers(), batch.rows, strict=True))
    for block in file.validated():
        yield replace(block, problems=[_placed(one, messages[one.number]) for one in block.problems])


def _placed(problem: Problem, row: Row) -> Problem:
    return replace(problem, sentence=f"partition {row.partition}, offset {row.offset}: {problem.sentence}")


def _raw_rows(batch: Batch, wanted: Wanted) -> Iterator[RawRows]:
    """The rows in blocks, under their numbers in the load."""
    numbers = batch.numbers()
    for start, end in _blocks(batch.rows):
        block = list(zip(batch.rows[start:end], numbers[start:end], strict=True))
        lines = [(row.line.encode(), number) for row, number in block if not row.fault]
        read = _read(b"\n".join(line for line, _ in lines), wanted)
        places = np.array([0, *(number for _, number in lines)], dtype=np.int64)
        wrong = [replace(one, number=int(places[one.number]), unit=_UNIT) for one in read.problems]
        wrong += [Problem(_UNIT, number, Reason.BAD_ROW, row.fault, row.original) for row, number in block if row.fault]
        yield replace(read, numbers=places[read.numbers], unit=_UNIT, problems=tuple(wrong))


def _read(lines: bytes, wanted: Wanted) -> RawRows:
    found = read_block(lines, 1, wanted) if lines else None
    return read_lines(lines, 1, wanted) if found is None else found


def _blocks(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where blocks of about `BLOCK_BYTES` begin and end; one block where there are no rows."""
    start = size_bytes = 0
    for place, row in enumerate(rows):
        size_bytes += len(row.line) + 1
        if size_bytes >= BLOCK_BYTES:
            yield start, place + 1
            start, size_bytes = place + 1, 0
    if start < len(rows) or not rows:
        yield start, len(rows)
