"""Texts, country codes, lists of texts, and shares of variants. Texts are UTF-8 without NUL, and bounded: answers,
files and Spark's memory grow with the longest one."""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.rows.arrow_types import is_list
from ingest.rows.arrow_values import holds_bytes, values
from ingest.value_kinds.value_kind import Found, Mask, is_text, mask, trimmed, unreadable
from warehouse.model.countries import PATTERN

SEPARATOR = "|"
LONGEST_TEXT, LONGEST_ITEM, MOST_ITEMS = 1_000, 200, 100
# Of as many items as there may be, with what joins them.
LONGEST_LIST = MOST_ITEMS * (LONGEST_ITEM + len(SEPARATOR)) - len(SEPARATOR)
TEXTS = pa.list_(pa.string())
_SHARE = re.compile(r"\s*(?=.*[1-9])\d{1,9}(\.\d{1,9})?\s*")


@dataclass(frozen=True, slots=True)
class Text:
    """Any text of up to `longest` characters, unchanged. A number becomes its digits: a film may be called 1917."""

    longest: int = LONGEST_TEXT

    @property
    def expected(self) -> str:
        """What a cell may hold."""
        return f"a text in UTF-8 without NUL characters, of {self.longest:,} characters at most"

    def takes(self, kind: pa.DataType) -> bool:
        """Texts, and numbers for their digits."""
        return bool(pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))

    def read(self, column: pa.Array) -> Found:
        """The texts."""
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            column = column.cast(pa.string())
        if not is_text(column):
            return unreadable(column, pa.string())
        too_long = pc.greater(pc.utf8_length(column), self.longest)
        return Found(column, mask(pc.match_substring(column, "\0")) | mask(too_long))


@dataclass(frozen=True, slots=True)
class CountryCode:
    """An ISO 3166 alpha-2 code, converted to capitals."""

    expected: str = "a country's two-letter code such as DE"

    def takes(self, kind: pa.DataType) -> bool:
        """Texts."""
        return bool(pa.types.is_string(kind))

    def read(self, column: pa.Array) -> Found:
        """The codes."""
        if not is_text(column):
            return unreadable(column, pa.string())
        codes = pc.utf8_upper(trimmed(column))
        return Found(codes, ~mask(pc.match_substring_regex(codes, PATTERN)) & mask(codes.is_valid()))


@dataclass(frozen=True, slots=True)
class TextList:
    """Texts joined by `|`, or a list of texts; stripped, and without empty ones. Only a text is split, never a list's
    item. A number becomes its digits, as in `Text`.
    """

    expected: str = f"texts joined by | or a list of texts, {MOST_ITEMS} of {LONGEST_ITEM} characters at most"

    def takes(self, kind: pa.DataType) -> bool:
        """Texts, numbers, and lists of texts."""
        return Text().takes(kind) or (is_list(kind) and _is_string(kind.value_type))

    def read(self, column: pa.Array) -> Found:
        """The lists."""
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            column = column.cast(pa.string())
        # Before they are taken apart: a million items take a hundred times the bytes of their text.
        if is_text(column):
            bad = mask(pc.greater(pc.utf8_length(column), LONGEST_LIST)).copy()
            lists = pc.split_pattern(_without(column, bad), SEPARATOR).to_pylist()
        elif is_list(column.type) and _is_string(column.type.value_type):
            bad = mask(pc.greater(pc.list_value_length(column), MOST_ITEMS)).copy()
            lists = values(_without(column, bad))
        else:
            return unreadable(column, TEXTS)
        for row, texts in enumerate(lists):
            bad[row] |= texts is not None and (len(texts) > MOST_ITEMS or not all(map(_is_fit, texts)))
        return Found(
            pa.array([None if wrong else _cleaned(texts) for texts, wrong in zip(lists, bad, strict=True)], TEXTS), bad
        )


@dataclass(frozen=True, slots=True)
class VariantShares:
    """The variants of an experiment, each with its weight: `control=1|new=1`, or a list of such texts. A weight is a
    positive number: people are expected in proportion to it.
    """

    expected: str = "variants with weights such as control=1|new=1, each variant once"

    def takes(self, kind: pa.DataType) -> bool:
        """As lists of texts."""
        return TextList().takes(kind)

    def read(self, column: pa.Array) -> Found:
        """The lists."""
        found = TextList().read(column)
        if found.values.type != TEXTS:
            return found
        lists = found.values.to_pylist()
        bad = found.bad | np.array([shares is not None and not _are_shares(shares) for shares in lists], dtype=bool)
        return Found(pa.array([None if wrong else one for one, wrong in zip(lists, bad, strict=True)], TEXTS), bad)


def _are_shares(texts: list[str]) -> bool:
    names = [text.rpartition("=")[0].strip() for text in texts]
    weights = [text.rpartition("=")[2] for text in texts]
    return all(names) and len({*names}) == len(names) and all(map(_SHARE.fullmatch, weights))


def _without(column: pa.Array, bad: Mask) -> pa.Array:
    return pc.if_else(pa.array(bad), pa.scalar(None, column.type), column) if bad.any() else column


def _is_string(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.types.is_null(kind) or holds_bytes(kind)


def _is_fit(text: object) -> bool:
    return text is None or (isinstance(text, str) and "\0" not in text and len(text) <= LONGEST_ITEM)


def _cleaned(texts: list[str | None] | None) -> list[str] | None:
    if texts is None:
        return None
    kept = [text.strip() for text in texts if text]
    return [text for text in kept if text] or None
