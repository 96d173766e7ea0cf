"""Masks as SQL expressions: what replaces a column inside the only subquery that reads its table."""

from warehouse.access import Strategy


def age_band_sql(age: str) -> str:
    """The band of an age in years: under 18, 18-24, 25-34, 35-44, 45-54, 55+, or Unknown."""
    return (
        f"multiIf(isNull({age}), 'Unknown', {age} < 18, 'under 18', {age} < 25, '18-24', {age} < 35, '25-34', "
        f"{age} < 45, '35-44', {age} < 55, '45-54', '55+')"
    )


def mask_sql(strategy: Strategy, column: str) -> str:
    """The masked image of a column; a text column is empty where its value is missing.

    EMAIL keeps the first letter and the domain (`j***@example.com`), PARTIAL the first letter, BAND an age's band.
    """
    match strategy:
        case Strategy.EMAIL:
            domain = f"substringUTF8({column}, positionUTF8({column}, '@'))"
            kept = f"if(position({column}, '@') > 0, {domain}, '')"
            return f"if({column} = '', '', concat(substringUTF8({column}, 1, 1), '***', {kept}))"
        case Strategy.PARTIAL:
            return f"if({column} = '', '', concat(substringUTF8({column}, 1, 1), '***'))"
        case Strategy.BAND:
            return age_band_sql(column)
        case Strategy.NULL:
            return "CAST(NULL AS Nullable(String))"
