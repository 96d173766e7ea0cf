"""`marquee ingest consume`: load the messages of a Kafka topic, until stopped."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer

from ingest.commands.load import PROFILES, known_table
from ingest.commands.stop_signals import ending
from ingest.profiles.profile_options import ProfileName
from ingest.topics.batch_limits import EVERY_S, MESSAGES, BatchLimits
from warehouse.command_session import CommandSession
from warehouse.errors import BadInput, MarqueeError, Unavailable
from warehouse.model.tables import TABLES

if TYPE_CHECKING:
    from ingest.topics.consume import Consuming, LoadedBatch, Send
    from ingest.topics.messages import Decode
    from ingest.topics.topic import Brokers, Topic

# What Kafka allows as the name of a topic.
_NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
# Properties of the schema registry's client stand in the same file, after this.
_REGISTRY = "schema.registry."


class MessageFormat(StrEnum):
    """How the values of messages are written."""

    JSON = "json"
    AVRO = "avro"


def _named(name: str | None) -> str | None:
    if name is not None and not _NAME.fullmatch(name):
        raise typer.BadParameter(f"{name!r} can't be a topic: letters, digits, '.', '_' and '-', 249 at most")
    return name


TopicName = Annotated[str, typer.Argument(callback=_named, help="The topic whose messages are rows.")]
Table = Annotated[
    str, typer.Option("--to", callback=known_table, help=f"Which table they are for: {', '.join(TABLES)}.")
]
BrokerAddresses = Annotated[str, typer.Option(metavar="HOST:PORT,...", help="Where brokers are.")]
Format = Annotated[MessageFormat, typer.Option("--format", help="How values are written; Avro needs --registry.")]
RegistryUrl = Annotated[str | None, typer.Option(metavar="URL", help="The schema registry of Avro values.")]
Group = Annotated[str, typer.Option(help="The consumer group, which divides partitions.")]
Partitions = Annotated[
    str | None, typer.Option(metavar="0,1|all", help="Read these partitions, without the group's protocol.")
]
DeadLetterTopic = Annotated[
    str | None,
    typer.Option(metavar="TOPIC", callback=_named, help="Also send messages that can't be rows to this topic."),
]
Rows = Annotated[int, typer.Option(min=1, max=100_000, help="The most messages of a load.")]
Every = Annotated[float, typer.Option(min=0.1, max=600, help="The most seconds until messages are loaded.")]
Properties = Annotated[str | None, typer.Option(metavar="FILE", help="librdkafka's properties, one name=value a line.")]
Called = Annotated[
    str | None, typer.Option("--as", callback=_named, help="What the ledger calls the topic. Default: its name.")
]
SkipGone = Annotated[
    bool, typer.Option("--skip-gone", help="Go on if brokers have deleted messages that were not loaded.")
]
Once = Annotated[bool, typer.Option("--once", help="Load what is there, and exit; for cron.")]


def require_kafka() -> None:
    """Raises: BadParameter if the packages of the extra `kafka` are not installed."""
    if find_spec("confluent_kafka") is None or find_spec("fastavro") is None:
        raise typer.BadParameter(
            "topics need confluent-kafka: install the extra `kafka`, with pip install -r requirements-kafka.txt"
        )


def consume(
    ctx: typer.Context,
    topic: TopicName,
    table: Table,
    brokers: BrokerAddresses = "localhost:9092",
    message_format: Format = MessageFormat.JSON,
    registry: RegistryUrl = None,
    profile: ProfileName = None,
    group: Group = "marquee",
    partitions: Partitions = None,
    dead_letters: DeadLetterTopic = None,
    rows: Rows = MESSAGES,
    every: Every = EVERY_S,
    properties: Properties = None,
    called: Called = None,
    skip_gone: SkipGone = False,
    once: Once = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a batch.")] = False,
) -> None:
    """Load the messages of a Kafka topic, each once, until stopped."""
    session: CommandSession = ctx.obj
    if (message_format is MessageFormat.AVRO) != (registry is not None):
        raise typer.BadParameter("--format avro and --registry belong together")
    require_kafka()
    from ingest.topics.consume import Consuming
    from ingest.topics.relayed_store import RelayedStore
    from ingest.topics.topic import Topic

    def tell(done: "LoadedBatch") -> None:
        session.out(orjson.dumps(done.to_json()).decode() if as_json else done.sentence())

    with _saying(session.say):
        reached, registry_properties = _reached(session, brokers, properties)
        name = called or topic
        store = RelayedStore(session.commands, table, name, profile, session.resolve(PROFILES))
        decode = _decode(registry, registry_properties)
        reading = Topic(topic, reached, group)
        send = _send(dead_letters, reached, reading, table)
        reading.begin(_picked(partitions, reading))
    with ending() as end:
        limits = BatchLimits(rows, every)
        consuming = Consuming(
            reading, name, store, decode, tell, session.say, limits, send, end, is_once=once, skips_gone=skip_gone
        )
        if not once:
            session.say(f"Consuming {topic}. Ctrl-C stops after what has come is loaded.")
        _run(consuming, session.say)


@contextmanager
def _saying(say: Callable[[str], None]) -> Iterator[None]:
    """What is wrong with the options, or with what they name, ends the command with a sentence."""
    try:
        yield
    except BadInput as error:
        raise typer.BadParameter(str(error)) from error
    except Unavailable as error:
        say(str(error))
        raise typer.Exit(1) from error


def _run(consuming: "Consuming", say: Callable[[str], None]) -> None:
    try:
        consuming.run()
    except MarqueeError as error:
        say(f"{error} What is not loaded is read again at the next start.")
        raise typer.Exit(1) from error
    finally:
        consuming.topic.close()


def _reached(session: CommandSession, addresses: str, file: str | None) -> "tuple[Brokers, dict[str, str]]":
    """The brokers, and the properties of the schema registry's client."""
    from ingest.topics.topic import Brokers

    found = dict(_properties(session.resolve(file), file)) if file else {}
    of_registry = {name.removeprefix(_REGISTRY): found.pop(name) for name in list(found) if name.startswith(_REGISTRY)}
    return Brokers(addresses, found), of_registry


def _properties(path: Path, file: str) -> Iterator[tuple[str, str]]:
    """The properties in a file: one `name=value` a line; empty lines and comments are passed over.

    Raises: BadInput.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The properties in {file} can't be read: {error}") from error
    for number, line in enumerate(map(str.strip, lines), 1):
        name, equals, value = (part.strip() for part in line.partition("="))
        if line and not line.startswith("#"):
            if not (name and equals):
                # Without the line itself: it may be a password.
                raise BadInput(f"Line {number} of {file} is not a property, expected name=value")
            yield name, value


def _decode(registry: str | None, properties: dict[str, str]) -> "Decode":
    from ingest.topics.messages import json_line

    if registry is None:
        return json_line
    from ingest.topics.avro import AvroDecoder
    from ingest.topics.registry import Registry

    return AvroDecoder(Registry(registry, properties))


def _send(name: str | None, brokers: "Brokers", topic: "Topic", table: str) -> "Send | None":
    from ingest.topics.dead_letters import DeadLetters

    if name is None:
        return None
    if name == topic.name:
        raise BadInput(f"--dead-letters can't be {name} itself")
    topic.partitions(name)
    return DeadLetters(name, brokers, topic.name, table).send


def _picked(partitions: str | None, topic: "Topic") -> set[int] | None:
    """The partitions to read; None leaves them to the group."""
    if partitions is None or partitions == "all":
        return topic.partitions() if partitions else None
    try:
        return {int(number) for number in partitions.split(",")}
    except ValueError as error:
        raise BadInput(f"--partitions is {partitions!r}, expected numbers with commas between, or all") from error
