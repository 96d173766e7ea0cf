"""What `marquee ingest consume` runs in the process that holds the warehouse: hidden, as people need none of it.

`load-batch` loads a batch that the consumer has written to a file, `topic-offsets` says how far a topic is loaded. Each
prints one JSON object.
"""

from typing import Annotated

import orjson
import typer

from ingest.commands.load import PROFILES, known_table
from warehouse.command_session import CommandSession

Table = Annotated[str, typer.Argument(callback=known_table)]


def load_batch(
    ctx: typer.Context,
    table: Table,
    file: Annotated[str, typer.Argument()],
    profile: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Load a batch of messages, with its offsets."""
    session: CommandSession = ctx.obj
    session.claim()
    from ingest.problems import FileRefused
    from ingest.profiles.profile import profile_of, read_profile
    from ingest.topics.batch import Batch
    from ingest.topics.load_batch import load_batch as load
    from warehouse.loads.topic_offsets import OffsetsTaken

    batch = Batch.read(session.resolve(file))
    read_by = profile_of(read_profile(profile, session.resolve(PROFILES)) if profile else {})
    try:
        done = load(session.warehouse(), table, batch, read_by).summary
    except OffsetsTaken as taken:
        session.out(orjson.dumps({"taken": str(taken)}).decode())
        return
    except FileRefused as refused:
        session.out(orjson.dumps({"refused": refused.reason}).decode())
        return
    for topic in {span.topic for span in batch.spans}:
        session.warehouse().on_topic_lag(table, topic, batch.lag)
    counts = ("table", "rows", "accepted", "duplicates", "quarantined", "reasons", "seconds")
    session.out(orjson.dumps({"load": done.load_id, **{name: getattr(done, name) for name in counts}}).decode())


def topic_offsets(ctx: typer.Context, table: Table, topic: Annotated[str, typer.Argument()]) -> None:
    """Print the first offset of each partition that is not loaded yet."""
    session: CommandSession = ctx.obj
    opened = session.warehouse()
    from warehouse.loads.topic_offsets import next_offsets

    found = next_offsets(opened.engine, table, topic)
    session.out(orjson.dumps({str(partition): offset for partition, offset in found.items()}).decode())
