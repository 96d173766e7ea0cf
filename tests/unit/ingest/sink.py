"""A sink that counts rows and keeps what is rejected."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.loads.rejected_rows import Reject


@dataclass
class Kept:
    """Where a file's rows go in a test."""

    rows: int = 0
    rejects: list[Reject] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def write(self, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64]) -> None:
        """Count good rows."""
        assert batch.num_rows == len(numbers)
        self.rows += batch.num_rows

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Keep bad rows."""
        self.rejects.extend(rejects)
        self.reasons.update(one.reason for one in rejects)
