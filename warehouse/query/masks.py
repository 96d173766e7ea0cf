"""Masks as SQL expressions: what replaces a column inside the only subquery that reads its table."""

from warehouse.access import Strategy
from warehouse.errors import Forbidden
from warehouse.query.parameters import Parameters

HASH_KEY_BYTES = 16
AGE_BANDS = ("under 18", "18-24", "25-34", "35-44", "45-54", "55+")


def age_band_sql(age: str) -> str:
    """The band of an age in years: under 18, 18-24, 25-34, 35-44, 45-54, 55+; NULL of none."""
    return (
        f"multiIf(isNull({age}), NULL, {age} < 18, 'under 18', {age} < 25, '18-24', {age} < 35, '25-34', "
        f"{age} < 45, '35-44', {age} < 55, '45-54', '55+')"
    )


def mask_sql(strategy: Strategy, column: str, hash_key: bytes, parameters: Parameters) -> str:
    """The masked image of a column; a text column is empty where its value is missing.

    EMAIL keeps the first letter and the domain (`j***@example.com`), PARTIAL the first letter, HASH nothing but
    whether two values are equal (SipHash-128 in hex, under `hash_key`), BAND an age's band, YEAR a date's year.

    Raises: Forbidden for HASH without a key: a mask that can't be evaluated denies.
    """
    match strategy:
        case Strategy.EMAIL:
            # The last @ begins the domain: quoted names and lists of addresses hold others before it.
            kept = f"if(position({column}, '@') > 0, concat('@', splitByChar('@', {column})[-1]), '')"
            return f"if({column} = '', '', concat(substringUTF8({column}, 1, 1), '***', {kept}))"
        case Strategy.PARTIAL:
            return f"if({column} = '', '', concat(substringUTF8({column}, 1, 1), '***'))"
        case Strategy.HASH:
            return _hash_sql(column, hash_key, parameters)
        case Strategy.BAND:
            return age_band_sql(column)
        case Strategy.YEAR:
            return f"toYear({column})"
        case Strategy.NULL:
            return "CAST(NULL AS Nullable(String))"


def _hash_sql(column: str, hash_key: bytes, parameters: Parameters) -> str:
    if len(hash_key) < HASH_KEY_BYTES:
        raise Forbidden("A mask of this policy needs the hash key, which is not there. See MARQUEE_HASH_KEY_FILE.")
    halves = (int.from_bytes(hash_key[start : start + 8], "little") for start in (0, 8))
    key = ", ".join(parameters.add(half, "UInt64") for half in halves)
    return f"if(toString({column}) = '', '', lower(hex(sipHash128Keyed(({key}), toString({column})))))"
