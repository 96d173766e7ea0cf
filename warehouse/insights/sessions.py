"""Sessions that an insight counts: those of a range that pass a filter, read through the masked, scoped source."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from warehouse.access import Access
from warehouse.engine.engine import Rows
from warehouse.model.facts import FACTS
from warehouse.query.answer import check_attributes, narrowed_filter
from warehouse.query.bucket_sql import Clock
from warehouse.query.local_time import Range
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import filter_sql
from warehouse.query.question import Filter, Question, conditions_of
from warehouse.query.reader import Reader
from warehouse.query.router import condition_column


@dataclass(frozen=True)
class Sessions:
    """Sessions that start in a range, in a zone's time, and pass a filter; `as_of` is the last load that counts, None
    the present.
    """

    span: Range
    zone: str = "UTC"
    where: Filter | None = None
    as_of: int | None = None

    @property
    def clock(self) -> Clock:
        """The clock of the range."""
        return Clock(self.zone, self.span)

    def over(self, start: int, end: int) -> "Sessions":
        """The same of another range, [start, end)."""
        return replace(self, span=Range(start, end))

    def source_sql(self, columns: Iterable[str], access: Access, parameters: Parameters) -> str:
        """The subquery of all sessions that the asker may see: `columns`, `start_time` and what the filter tests."""
        tested = [condition_column(test.dimension, test.operator) for test in conditions_of(self.where)]
        source = fact_source(FACTS["viewing"], self.as_of)
        return read(source, ("start_time", *columns, *tested), access, parameters)

    def counts_sql(self, access: Access, parameters: Parameters) -> str:
        """SQL of whether a row starts in the range and passes the filter. Never NULL."""
        start, end = parameters.add(self.span.start, "UInt32"), parameters.add(self.span.end, "UInt32")
        sql = f"start_time >= toDateTime({start}, 'UTC') AND start_time < toDateTime({end}, 'UTC')"
        if self.where is not None:
            # The range stays outside ifNull, so that the primary key can be used.
            sql += f" AND ifNull({filter_sql(self.where, self.clock, access, parameters, self.as_of)}, 0)"
        return f"({sql})"

    def told_to(self, reader: Reader, access: Access) -> "Sessions":
        """The same with the filter that the asker's minimum group size allows."""
        question = Question((), ("viewers",), self.span, self.zone, self.where, as_of=self.as_of)
        return replace(self, where=narrowed_filter(reader, question, access))

    def ask(self, reader: Reader, sql: str, parameters: Parameters, access: Access) -> Rows:
        """Run an insight's statement.

        Raises: Forbidden or BadInput for attributes that the filter may not test, or that do not exist.
        """
        check_attributes(reader, Question((), (), self.span, self.zone, self.where), access)
        return reader.engine.query(sql, parameters.values)
