"""`marquee warehouse`: migrate, look at, verify and rebuild what is stored. Forgetting has a file of its own.

Modules that need the engine are imported after the warehouse is open: --help and relayed commands start without it.
"""

import re
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from warehouse.backup.cli import adopt, backup, restore
from warehouse.cluster.cli import cluster_fill, cluster_tables
from warehouse.command_session import CommandSession
from warehouse.day_range import DayRange
from warehouse.errors import BadInput
from warehouse.forgetting.cli import forget
from warehouse.model.rollups import ROLLUPS
from warehouse.plurals import counted, noun
from warehouse.query.instants import day_of
from warehouse.query.local_time import instant_text
from warehouse.transfer.cli import export, import_

if TYPE_CHECKING:
    from warehouse.verify.verify import Difference

app = typer.Typer(no_args_is_help=True)
app.command()(forget)
app.command()(backup)
app.command()(restore)
app.command()(adopt)
app.command()(export)
app.command("import")(import_)
app.command("cluster-tables")(cluster_tables)
app.command("cluster-fill")(cluster_fill)

SHOWN_LOADS = 10
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first UTC day; default: the oldest.")]
To = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The UTC day to stop before; default: no limit.")]


@app.command()
def migrate(ctx: typer.Context) -> None:
    """Apply new migrations. Opening the warehouse does this too; this command says what was done."""
    session: CommandSession = ctx.obj
    applied = session.warehouse().repairs.migrated
    session.out(f"Applied {', '.join(applied)}." if applied else "Nothing to apply.")


@app.command()
def accounts(
    ctx: typer.Context,
    database: Annotated[str, typer.Option(help="The database on the server.")] = "marquee",
) -> None:
    """Print SQL that makes three accounts on a ClickHouse server, with new passwords, and row policies for scopes."""
    if not re.fullmatch(r"\w+", database):
        raise BadInput(f"The database {database!r} is not a name of letters, digits and underscores.")
    session: CommandSession = ctx.obj
    if session.cluster:
        raise BadInput(
            "These are the accounts and row policies of one server; those of a cluster are not made yet. Unset "
            "MARQUEE_CLUSTER to print them."
        )
    from warehouse.server_accounts import ACCOUNTS, account_statements

    passwords = {name: token_urlsafe(24) for name in ACCOUNTS}
    for statement in account_statements(database, passwords):
        session.out(f"{statement};")


@app.command()
def status(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Print rows, bytes and parts of each table, how far the facts reach, the newest loads, and stale rollups and wrong
    months of rollups."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.loads import ledger
    from warehouse.status import table_status, watermarks, wrong_months
    from warehouse.tables.rebuild import stale_rollups

    tables, reach, wrong = (
        table_status(opened.engine),
        watermarks(opened.engine),
        wrong_months(opened.engine, opened.read_consistently),
    )
    stale = [rollup.name for rollup in stale_rollups(opened.engine)]
    loads, loaded_at = ledger.recent(opened.engine, SHOWN_LOADS), opened.reader.loaded_at()
    if as_json:
        told = {
            "tables": tables,
            "watermarks": reach,
            "loaded_at": loaded_at,
            "loads": loads,
            "stale": stale,
            "wrong_months": wrong,
            "lost": opened.repairs.lost,
        }
        session.out(orjson.dumps(told, default=str, option=orjson.OPT_UTC_Z).decode())
        return
    for one in tables:
        rows, parts = f"{noun(one.rows, 'row'):<4}", noun(one.parts, "part")
        session.out(f"{one.table:<24}{one.rows:>14,} {rows}{one.size_bytes:>16,} bytes{one.parts:>6} {parts}")
    for mark in reach:
        session.out(f"newest in {mark.table:<20}{instant_text(mark.newest) if mark.newest else 'none'}")
    session.out(f"{'last load done':<30}{loaded_at or 'none'}")
    for entry in loads:
        session.out(
            f"load {entry.load_id:<6}{entry.table:<18}{entry.state.value:<12}{entry.accepted:>12,} of "
            f"{counted(entry.rows, 'row')}"
        )
    if len(loads) == SHOWN_LOADS:
        session.out(f"These are the newest {SHOWN_LOADS} loads; marquee ingest status --limit shows more.")
    for part in opened.repairs.lost:
        session.out(str(part))
    for name in stale:
        session.out(
            f"{name} is stale: a correction changed what it stores. Other rollups or the facts answer until it is"
            " filled again."
        )
    for month in wrong:
        session.out(f"wrong {month.rollup} {month.month}: {month.views:,} views of {month.sessions:,} sessions")
    session.out(
        "Rebuild wrong months with marquee warehouse rebuild."
        if wrong
        else "Every month of every rollup has the facts' sessions. verify compares every value."
    )


@app.command("verify")
def verify_command(
    ctx: typer.Context,
    start: From = None,
    end: To = None,
    sample: Annotated[float, typer.Option(help="The share of the days to compare, above 0 and at most 1.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The seed of the sample: the same seed picks the same days.")] = 0,
    ids: Annotated[bool, typer.Option("--ids", help="Look for repeated ids instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare every rollup with a recount of the facts; print each difference, and exit 1 if there is any."""
    session: CommandSession = ctx.obj
    if ids:
        _verify_ids(session, as_json)
        return
    days, opened = _days(start, end), session.warehouse()
    from warehouse.tables.rebuild import stale_rollups
    from warehouse.verify.verify import plan, verify

    opened.refill.wait()
    try:
        comparisons = plan(opened.engine, days, sample, seed)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    compared = len({day for comparison in comparisons for day in comparison.days})
    found: list[Difference] = []
    for difference in verify(opened.engine, opened.read_consistently, comparisons):
        found.append(difference)
        if not as_json:
            session.out(str(difference))
    if as_json:
        told = {
            "rollups": list(dict.fromkeys(one.rollup.name for one in comparisons)),
            "days": compared,
            "differences": [asdict(one) for one in found],
        }
        session.out(orjson.dumps(told).decode())
    elif not compared:
        session.out("There are no sessions and no stored rows on these days.")
    elif found:
        session.out(f"Differences: {len(found):,}. marquee warehouse rebuild fixes them.")
    else:
        agreeing = {one.rollup.name for one in comparisons}
        session.out(f"{len(agreeing)} rollups agree with the facts on {counted(compared, 'day')}.")
    for rollup in () if as_json else stale_rollups(opened.engine):
        session.out(f"{rollup.name} is stale and was not compared: facts answer until it is filled again.")
    if found:
        raise typer.Exit(1)


def _verify_ids(session: CommandSession, as_json: bool) -> None:
    opened = session.warehouse()
    from warehouse.verify.repeated_ids import MOST_SHOWN, repeated_ids

    found = repeated_ids(opened.engine, opened.read_consistently)
    whole = all(count < MOST_SHOWN for count in Counter(one.table for one in found).values())
    if as_json:
        session.out(orjson.dumps({"repeated_ids": [asdict(one) for one in found], "complete": whole}).decode())
    else:
        for one in found:
            session.out(str(one))
        if not whole:
            session.out(f"Repeated ids: {len(found):,} or more; of each table the first {MOST_SHOWN:,} are shown.")
        else:
            session.out(f"Repeated ids: {len(found):,}." if found else "Every id is unique.")
    if found:
        raise typer.Exit(1)


@app.command()
def rebuild(
    ctx: typer.Context,
    rollups: Annotated[
        list[str] | None, typer.Argument(metavar="[ROLLUP...]", help="Which ones; all if left out.")
    ] = None,
    start: From = None,
    end: To = None,
) -> None:
    """Rebuild rollups from the facts, for the months that the days touch. Each month is swapped in as a whole; loads
    may go on.
    """
    session: CommandSession = ctx.obj
    known = {rollup.name: rollup for rollup in ROLLUPS}
    unknown = sorted(set(rollups or ()) - set(known))
    if unknown:
        raise typer.BadParameter(f"there is no rollup {unknown[0]}; rollups: {', '.join(known)}")
    days, names = _days(start, end), list(dict.fromkeys(rollups or known))
    swapped = session.warehouse().rebuild([known[name] for name in names], days)
    session.out(f"Rebuilt {', '.join(names)}; months swapped in: {swapped:,}.")


@app.command()
def retain(
    ctx: typer.Context,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only print what would be dropped.")] = False,
) -> None:
    """Drop what is older than the settings keep: months of sessions and years of ratings with their rollups, history,
    and quarantined rows."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.loads.history_retention import HistoryAges, old_history
    from warehouse.tables.partition_retention import old_partitions

    retention, ages, now = session.retention, session.history_ages, datetime.now(UTC)
    if not retention.first_kept(now.date()) and ages == HistoryAges():
        session.out("Everything is kept: set MARQUEE_KEEP_SESSIONS_MONTHS or another MARQUEE_KEEP_... setting.")
        return
    if is_dry:
        old, rows = old_partitions(opened.engine, retention, now.date()), old_history(opened.engine, ages, now)
    else:
        old, rows = opened.retain(retention, now.date()), opened.drop_history(ages, now)
    for one in old:
        session.out(f"{one.table:<28}{one.partition:<8}{counted(one.rows, 'row'):>20}{one.size_bytes:>16,} bytes")
    for some in rows:
        session.out(f"{some.table:<36}{counted(some.rows, 'row'):>20}")
    verb = "Would drop" if is_dry else "Dropped"
    told = [counted(len(old), "partition")] if old else []
    told += [f"{counted(sum(one.rows for one in rows), 'row')} of history and quarantine"] if rows else []
    session.out(f"{verb} {' and '.join(told)}." if told else "Nothing is old enough to be dropped.")


def _days(start: str | None, end: str | None) -> DayRange:
    try:
        return DayRange(_day("--from", start), _day("--to", end))
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else day_of(text)
    except BadInput as error:
        raise BadInput(f"{option}: {error}") from error
