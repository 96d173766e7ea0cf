"""`marquee ingest status`: the newest loads, what is in the quarantine, and what the checks of data quality say."""

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from warehouse.access import SYSTEM
from warehouse.checks.declarations import CHECKS, MOST_ROUNDS, Status
from warehouse.checks.finding import Finding
from warehouse.command_session import CommandSession
from warehouse.plurals import counted

if TYPE_CHECKING:
    from warehouse.checks.check_results import Round
    from warehouse.loads.ledger import Entry

_WIDTH = 160
SHOWN_FILES = 3
_SPEAK = (Status.FAIL, Status.WARN)


def status(
    ctx: typer.Context,
    limit: Annotated[
        int, typer.Option(min=1, max=MOST_ROUNDS, help="How many loads and rounds of checks to print, newest first.")
    ] = 20,
    every_check: Annotated[
        bool, typer.Option("--checks", help="Print every check, not only those that warn or fail.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print the newest loads and what became of their rows, what is in the quarantine, and what the data quality checks
    found.
    """
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    # Imported after the warehouse is open: --help and relayed commands start without the engine.
    from warehouse.checks.check_results import rounds
    from warehouse.loads import ledger
    from warehouse.loads.quarantine import reasons

    loads, waiting, checked = opened.read_consistently(
        lambda: (
            ledger.recent(opened.engine, limit),
            reasons(opened.engine),
            rounds(opened.engine, SYSTEM, limit),
        )
    )
    if as_json:
        quarantine = [{"table": table, "reason": reason, "rows": rows} for (table, reason), rows in waiting.items()]
        told = {
            "loads": [asdict(one) for one in loads],
            "quarantine": quarantine,
            "checks": [_told(one) for one in checked],
        }
        session.out(orjson.dumps(told, option=orjson.OPT_UTC_Z).decode())
        return
    for one in loads:
        session.out(_load_line(one))
    if len(loads) == limit:
        session.out(f"The newest {counted(limit, 'load')}; --limit says how many.")
    for (table, reason), rows in waiting.items():
        session.out(f"quarantine {table}: {counted(rows, 'row')}, {reason}")
    for line in _check_lines(checked, every_check):
        session.out(line)


def _files(names: Sequence[str]) -> str:
    """The sources of a load; of many gathered requests only the first few."""
    more = f" and {len(names) - SHOWN_FILES:,} more" if len(names) > SHOWN_FILES else ""
    return ", ".join(names[:SHOWN_FILES]) + more


def _load_line(entry: "Entry") -> str:
    what = _relation(entry)
    counts = (
        f"{counted(entry.rows, 'row')}: {entry.accepted:,} accepted, {counted(entry.duplicates, 'duplicate')}, "
        f"{entry.quarantined:,} quarantined"
    )
    return f"load {entry.load_id} {entry.table} {entry.state.value}{what}: {counts}; {_files(entry.files)}"


def _relation(entry: "Entry") -> str:
    """The load's relation to another load."""
    if entry.retry_of:
        return f" retry of {entry.retry_of}"
    if not entry.undo_of:
        return ""
    return f" in the place of {entry.undo_of}" if entry.rows else f" undo of {entry.undo_of}"


def _check_lines(checked: Sequence["Round"], every_check: bool) -> list[str]:
    """The checks as a table, and a line with the number of checks without a warning and of waiting loads."""
    shown = [(one, found) for one in checked for found in one.findings if every_check or found.status in _SPEAK]
    found = [each.status for one in checked for each in one.findings]
    waiting = sum(len(one.loads) for one in checked if one.checked_at is None)
    told = [
        f"{found.count(status):,} {words}"
        for status, words in (
            (Status.FAIL, "fail"),
            (Status.WARN, "warn"),
            (Status.PASS, "pass"),
            (Status.NOT_ENOUGH_DATA, "have not enough data"),
        )
        if found.count(status)
    ]
    lines = _printed(shown) if shown else []
    lines += [f"checks: {', '.join(told)}"] if told else []
    return lines + ([f"{counted(waiting, 'load')} not checked yet"] if waiting else [])


def _printed(shown: Sequence[tuple["Round", Finding]]) -> list[str]:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (("load", "left"), ("table", "left"), ("check", "left"), ("status", "left")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for name in ("value", "usual", "bound"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("what to do")
    for one, found in shown:
        figures = (_figure(value) for value in (found.value, found.expected, found.threshold))
        table.add_row(_numbers(one), one.last.table, _named(found), found.status, *figures, found.sentence)
    console = Console(file=io.StringIO(), width=_WIDTH)
    console.print(table)
    printed: str = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in printed.rstrip("\n").split("\n")]


def _numbers(one: "Round") -> str:
    first, last = one.loads[0].load_id, one.last.load_id
    undone = " undone" if one.undone == len(one.loads) else f", {one.undone} undone" if one.undone else ""
    return f"{last if first == last else f'{first}-{last}'}{undone}"


def _named(found: Finding) -> str:
    label = CHECKS[found.check].label.lower()
    return f"{label}: {found.subject}" if found.subject else label


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _told(one: "Round") -> dict[str, Any]:
    """A round as `--json` prints it."""
    return {
        "load": one.last.load_id,
        "first_load": one.loads[0].load_id,
        "table": one.last.table,
        "undone": one.undone,
        "checked_at": one.checked_at,
        "status": one.status,
        "checks": [asdict(found) for found in one.findings],
    }
