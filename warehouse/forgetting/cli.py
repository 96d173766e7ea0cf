"""`marquee warehouse forget`: remove everything stored about a person, for good.

`warehouse.ids` imports Arrow, so it is imported where an id is read: the group's other commands start without it.
"""

import getpass
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from warehouse.command_session import CommandSession
from warehouse.plurals import noun

if TYPE_CHECKING:
    from warehouse.forgetting.forget import Forgotten

_QUESTION = "This permanently removes every row and personal field of user {user}, now and from later loads. Continue?"


def _id(text: str) -> str:
    from warehouse import ids

    key = ids.parse(text)
    if key is None:
        raise typer.BadParameter(
            f"{text!r} is not an id. An id is a number below 2^64 or a UUID, as the source wrote it."
        )
    return ids.to_text(key)


def forget(
    ctx: typer.Context,
    user: Annotated[str, typer.Option(callback=_id, help="The person's id, as the source wrote it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Remove a person's rows and personal fields everywhere, and keep files that are sent again from bringing them
    back."""
    session: CommandSession = ctx.obj
    if not (yes or session.confirm(_QUESTION.format(user=user))):
        session.out("Nothing was removed.")
        raise typer.Exit(1)
    opened = session.warehouse()
    from warehouse import ids

    with session.without_snapshots() as snapshots:
        done = opened.forget(ids.parse(user) or 0, by=_asker())
    session.out(
        orjson.dumps({**asdict(done), "snapshots": snapshots}).decode() if as_json else _spoken(done, snapshots)
    )


def _asker() -> str:
    """The account that runs the command. For a relayed command that is the holder's: the socket admits no other
    account."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _spoken(done: "Forgotten", snapshots: int) -> str:
    lines = [f"{table:<24}{rows:>14,} {noun(rows, 'row')} removed" for table, rows in done.removed.items()]
    if done.months:
        lines.append(f"{'months counted again':<24}{done.months:>14,}")
    if snapshots:
        lines.append(f"{'snapshots removed':<24}{snapshots:>14,}")
    return "\n".join([*lines, _verdict(done)])


def _verdict(done: "Forgotten") -> str:
    if done.again:
        return "Already forgotten; the tombstone remains." + ("" if done.removed else " Nothing was left to remove.")
    if not done.removed:
        return "Nothing was stored about this user. The tombstone keeps their rows out of later loads."
    return f"Forgotten in {done.seconds:.1f} s. The tombstone keeps their rows out of later loads."
