"""The fence: names that a writer's statements hold, so that a server refuses them once another process has taken over.

A statement that changes what readers see names either the lease's table or a scratch table of the writer. The process
that takes over drops these tables first. So a writer that was stopped and wakes up gets an error for its next
statement, whatever it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fence:
    """`lease` is the table of the writer's lease, `suffix` the end of the names of its scratch tables. Both are empty
    for an embedded folder, which one process has to itself.
    """

    lease: str = ""
    suffix: str = ""

    def scratch_table(self, table: str) -> str:
        """The name of a table that exists only while something is written."""
        return table + self.suffix

    @property
    def holds(self) -> str:
        """SQL that is true as long as the lease is held, and an error afterwards."""
        return f"(SELECT count() FROM {self.lease}) >= 0" if self.lease else "1"

    def is_named_in(self, message: str) -> bool:
        """Whether an error of the engine is about a table of the writer."""
        return any(name and name in message for name in (self.lease, self.suffix))
