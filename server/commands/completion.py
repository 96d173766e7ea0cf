"""What the shell completes after `marquee query`: names of operations and questions, their options, and values.

Values of filters come from the server that holds this machine's warehouse, if one runs: opening the warehouse would
take longer than somebody waits for a Tab.
"""

import io
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from typer.core import TyperCommand

from server.client_files import OPERATIONS
from server.commands.typer_internals import CompletionItem, Context

if TYPE_CHECKING:
    from server.answering.published_operations import Operation
    from server.answering.questions_in_parameters import Question

_QUESTIONS = ("viewing", "rating")
_IS_QUERY = re.compile(r"^query\b", re.MULTILINE)
_RANGES = ("P1D", "P7D", "P30D", "P90D", "P1M", "P1Y")
# The longest that values are waited for.
_PATIENCE_S = 1.5
# Options that take several values with commas, beside filters.
_LISTS = frozenset({"measures", "by", "orderBy"})


class QueryCommand(TyperCommand):
    """`marquee query`, whose further options depend on what is asked."""

    def shell_complete(self, ctx: Context, incomplete: str) -> list[CompletionItem]:
        """Options by their beginning, or the values of the option before."""
        own = super().shell_complete(ctx, incomplete)
        asked = _asked(str(ctx.params.get("operation") or ""))
        if asked is None:
            return own
        before = ctx.args[-1] if ctx.args else ""
        if before.startswith("--") and "=" not in before and not incomplete.startswith("--"):
            return [CompletionItem(one) for one in _values(asked, before, incomplete)]
        from server.commands.query_options import option, options_of

        options = options_of(asked)
        names = [option(name) for name in (*options.variables, *options.filter_names)]
        given = {word.partition("=")[0] for word in ctx.args}
        return [*own, *(CompletionItem(one) for one in names if one.startswith(incomplete) and one not in given)]


def complete_operation(incomplete: str) -> list[str]:
    """Names that `marquee query` takes."""
    files = (path for path in sorted(OPERATIONS.glob("*.graphql")) if path.stem.startswith(incomplete))
    published = [path.stem for path in files if _IS_QUERY.search(path.read_text(encoding="utf-8"))]
    return [*published, *(name for name in _QUESTIONS if name.startswith(incomplete))]


def _asked(name: str) -> "Operation | Question | None":
    from server.answering.published_operations import published
    from server.answering.questions_in_parameters import question
    from server.commands.exported_schema import exported_schema

    return question(exported_schema(), name) if name in _QUESTIONS else published().get(name)


def _values(asked: "Operation | Question", written: str, incomplete: str) -> list[str]:
    """The values of an option that begin so; of a list, with what stands before the last comma."""
    from server.commands.query_options import options_of

    options = options_of(asked)
    bare = written.replace("-", "").lower()
    name = next((one for one in (*options.variables, *options.filter_names) if one.lower() == bare), "")
    before, comma, last = incomplete.rpartition(",")
    found = _of_question(asked).get(name)
    if found is None and name in options.filter_names:
        found = _stored_values(name, last)
    elif found is None:
        found = _SCALARS.get(name, tuple)()
    is_list = name in _LISTS or name in options.filter_names
    taken = set(before.split(",")) if is_list else set()
    start, prefix = (last, f"{before}{comma}") if is_list else (incomplete, "")
    return [f"{prefix}{one}" for one in found if one.lower().startswith(start.lower()) and one not in taken]


def _of_question(asked: "Operation | Question") -> Mapping[str, Iterable[str]]:
    from server.answering.questions_in_parameters import Question

    if not isinstance(asked, Question):
        return {}
    sortable = (*asked.measures, *asked.dimensions)
    return {
        "measures": asked.measures,
        "by": asked.dimensions,
        "compareTo": ("previousPeriod", "previousYear"),
        "orderBy": (*(f"-{one}" for one in asked.measures), *sortable),
    }


def _zones() -> Iterable[str]:
    from zoneinfo import available_timezones

    return sorted(available_timezones())


_SCALARS: Mapping[str, Callable[[], Iterable[str]]] = {
    "range": lambda: _RANGES,
    "last": lambda: _RANGES,
    "timeZone": _zones,
    "fill": lambda: ("true", "false"),
}


def _stored_values(name: str, begins: str) -> list[str]:
    """The values of a dimension, most views first, as the server that holds the warehouse tells them in time."""
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.extend(_told_values(name, begins)), daemon=True)
    asking.start()
    asking.join(_PATIENCE_S)
    return found


def _told_values(name: str, begins: str) -> list[str]:
    import csv
    from pathlib import Path

    from server.commands.relay import forward
    from server.settings import read_settings
    from warehouse.engine.address import Embedded, parse
    from warehouse.engine.folder import holder_of
    from warehouse.errors import MarqueeError

    try:
        where = parse(read_settings().warehouse, Path.cwd())
        socket = holder_of(where.folder).get("socket") if isinstance(where, Embedded) else None
        if not socket:
            return []
        field = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
        search = ["--search", begins] if begins else []
        out = io.StringIO()
        asked = ["query", "DimensionValues", "--field", field, *search, "--format", "csv", "--raw"]
        if forward(socket, asked, out, io.StringIO()) != 0:
            return []
    except MarqueeError:
        return []
    return [row["value"] for row in csv.DictReader(io.StringIO(out.getvalue())) if row["value"]]
