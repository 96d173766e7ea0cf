"""`marquee ingest generate`: generate a film service and load it, write it to files, or send its traffic to a server.

Faker, NumPy, Arrow and HTTP are imported where rows are generated or sent: --help and relayed commands start without.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from ingest.commands.consume import require_kafka
from ingest.commands.progress_bar import progress_bar
from ingest.commands.stop_signals import ending
from ingest.demo_size import DemoSize
from ingest.files.file_format import FileFormat
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput
from warehouse.query.instants import instant_of, is_day, moment_of
from warehouse.query.local_time import EARLIEST

DEFAULT = DemoSize()
# Those of `FileFormat` that have a writer, which is not imported for help.
WrittenFormat = Literal["parquet", "csv", "ndjson"]


def generate(
    ctx: typer.Context,
    movies: Annotated[int, typer.Option(help="How many films.")] = DEFAULT.movies,
    users: Annotated[int, typer.Option(help="How many users.")] = DEFAULT.users,
    sessions: Annotated[int, typer.Option(help="How many viewing sessions.")] = DEFAULT.sessions,
    ratings: Annotated[int, typer.Option(help="How many ratings.")] = DEFAULT.ratings,
    days: Annotated[int, typer.Option(help="The number of days that they span.")] = DEFAULT.days,
    until: Annotated[
        str | None, typer.Option(help="When they end, in ISO 8601; UTC without a zone. Default: now.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and end give the same data.")] = 42,
    experiments: Annotated[
        bool, typer.Option("--experiments", help="Also A/B tests, who took part, and the sessions that they cause.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(
            help="Write files into this folder instead of loading; with --live, a server's URL or kafka://HOST/TOPIC."
        ),
    ] = None,
    file_format: Annotated[WrittenFormat, typer.Option("--format", help="What files to write, with --to.")] = "parquet",
    live: Annotated[
        str | None, typer.Option(metavar="ROWS/s", help="Send sessions that end now to a server, at this rate.")
    ] = None,
    duration: Annotated[
        str | None, typer.Option("--for", help="How long, with --live: 60s, 5m; otherwise until Ctrl-C.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="A token of the role ingest, with --live; or MARQUEE_TOKEN.")
    ] = None,
) -> None:
    """Make up a film service and load it, write it to files, or send its traffic to a server."""
    session: CommandSession = ctx.obj
    if live is not None:
        _send_live(session, live, duration, to or "", token or session.token, seed)
        return
    end = _instant(until)
    try:
        size = DemoSize(movies, users, sessions, ratings, days)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if end - timedelta(days=size.days) < EARLIEST:
        raise typer.BadParameter(
            f"{size.days:,} days before {end:%Y-%m-%d} it is not yet {EARLIEST:%Y}: no session is older"
        )
    began = time.monotonic()
    if to is None:
        made = _loaded(session, size, seed, end, experiments)
    else:
        made = _written(session, to, FileFormat(file_format), size, seed, end, experiments)
    session.out(f"{made}, in {time.monotonic() - began:.1f} s.")


def _loaded(session: CommandSession, size: DemoSize, seed: int, end: datetime, experiments: bool) -> str:
    opened = session.warehouse()
    from ingest.generator.demo import load_demo

    with progress_bar(session.console) as progress:
        loads = load_demo(opened, size, seed, end, progress, experiments)
    return "Loaded " + ", ".join(f"{done.accepted:,} {_spoken(done.table)}" for done in loads)


def _written(
    session: CommandSession,
    to: str,
    file_format: FileFormat,
    size: DemoSize,
    seed: int,
    end: datetime,
    experiments: bool,
) -> str:
    from ingest.generator.demo import write_demo

    with progress_bar(session.console) as progress:
        try:
            paths = write_demo(session.resolve(to), file_format, size, seed, end, progress, experiments)
        except OSError as error:
            session.say(f"Can't write to {to}: {error.strerror}.")
            raise typer.Exit(1) from error
    return "Wrote " + ", ".join(str(Path(to) / path.name) for path in paths)


def _send_live(session: CommandSession, live: str, duration: str | None, url: str, token: str, seed: int) -> None:
    from ingest.live_traffic.generate_live import parse_rate, parse_time, run_live

    if url.startswith("kafka:"):
        _send_to_topic(session, live, duration, url, seed)
        return
    try:
        rows_per_s, for_s = parse_rate(live), parse_time(duration)
        sent = run_live(url, token, rows_per_s, for_s, seed, session.say)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    session.out(sent.sentence())
    if sent.unanswered:
        raise typer.Exit(1)


def _send_to_topic(session: CommandSession, live: str, duration: str | None, url: str, seed: int) -> None:
    require_kafka()
    from ingest.live_traffic.generate_live import parse_rate, parse_time
    from ingest.live_traffic.to_topic import run_live

    try:
        with ending() as end:
            sent = run_live(url, parse_rate(live), parse_time(duration), seed, session.say, end)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    session.out(sent.sentence())
    if sent.unanswered:
        raise typer.Exit(1)


def _instant(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return moment_of(text, "UTC") if is_day(text) else instant_of(text, offset_free_in_utc=True)
    except BadInput as error:
        raise typer.BadParameter(f"--until: {error}") from error


def _spoken(table: str) -> str:
    return table.replace("_", " ")
