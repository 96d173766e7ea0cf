"""The options of `marquee ingest load` that say how a file is read, as the keys of a profile."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from ingest.completion import complete_profile
from ingest.readable_names import listed
from warehouse.errors import BadInput

ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="How the files are read: profiles/NAME.toml, or a shipped one.",
        autocompletion=complete_profile,
    ),
]
Delimiter = Annotated[str | None, typer.Option(help="The delimiter of CSV cells; tab for a tab.")]
Quote = Annotated[str | None, typer.Option(help="The quote character of CSV cells; none for none.")]
Escape = Annotated[str | None, typer.Option(help="The escape character in CSV cells.")]
Encoding = Annotated[str | None, typer.Option(help="The encoding of texts, such as cp1252.")]
Header = Annotated[str | None, typer.Option(metavar="A,B", help="The columns of CSV files that have no header.")]
Nulls = Annotated[
    list[str] | None, typer.Option("--null", metavar="TEXT", help="A text that means an empty cell; may be repeated.")
]
Decimal = Annotated[str | None, typer.Option(metavar="SIGN", help="The decimal sign: a point or a comma.")]
LeaveOut = Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="A column not to read; may be repeated.")]
Dates = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN=FORMAT", help="How times are written: %d.%m.%Y; may be repeated.")
]
Units = Annotated[
    list[str] | None, typer.Option("--unit", metavar="COLUMN=UNIT", help="The unit of numbers, such as seconds.")
]
Separators = Annotated[
    list[str] | None, typer.Option("--separator", metavar="COLUMN=SIGN", help="What separates genres; json for JSON.")
]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", metavar="COLUMN=A+B", help="Columns whose values make an id; may be repeated."),
]
Constants = Annotated[
    list[str] | None, typer.Option("--constant", metavar="COLUMN=VALUE", help="The value of all rows; may be repeated.")
]


def typed_document(
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    encoding: str | None,
    header: str | None,
    decimal: str | None,
    lists: Mapping[str, Sequence[str] | None],
    pairs: Mapping[str, Sequence[str] | None],
    renamed: Mapping[str, str],
    *,
    hash_ids: bool,
) -> dict[str, Any]:
    """What was typed, as a profile's document. `lists` are options that may be repeated, `pairs` those of a column.

    Raises: BadInput for a malformed pair.
    """
    texts = {"delimiter": delimiter, "escape": escape, "encoding": encoding, "decimal": decimal}
    document: dict[str, Any] = {key: text for key, text in texts.items() if text is not None}
    if quote is not None:
        document["quote"] = "" if quote == "none" else quote
    if header is not None:
        document["header"] = header.split(",")
    document |= {key: list(values) for key, values in lists.items() if values}
    by_column = {key: dict(_pair(key, text) for text in texts) for key, texts in pairs.items() if texts}
    document |= {
        key: {column: [text] if key == "dates" else text.split("+") for column, text in found.items()}
        if key in ("dates", "ids")
        else found
        for key, found in by_column.items()
    }
    if renamed:
        document["map"] = dict(renamed)
    if hash_ids:
        document["hash_ids"] = True
    return document


def merged(profile: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """A profile's document with what was typed in its place; of tables by column, column by column."""
    together = dict(profile)
    for key, value in typed.items():
        known = together.get(key)
        together[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return together


def _pair(key: str, text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not (column and equals and value):
        raise BadInput(f"{text!r} is none of the {key}, expected a column, =, and its value: {listed(['id=a+b'])}")
    return column.strip(), value
