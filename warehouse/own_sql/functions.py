"""The functions that SQL of one's own may call: they compute with their arguments, and know nothing else.

A list of what is allowed: a new version of the engine brings new functions, and those that read files, addresses,
dictionaries, settings or other tables are as many as they are hard to find.

Not among them is what compares all parts of a value with one or with all of another, searches a text again from each of
its characters, or pads a text: a limit of time is looked at between blocks of rows, so one call must not take long.
"""

from difflib import get_close_matches

_OPERATORS = """
    and or xor not equals notEquals less greater lessOrEquals greaterOrEquals like ilike notLike notILike in notIn
    isNull isNotNull ifNull nullIf coalesce assumeNotNull toNullable if multiIf greatest least exists isNotDistinctFrom
    isDistinctFrom plus minus multiply divide intDiv intDivOrZero modulo positiveModulo negate abs sign gcd lcm tuple
    tupleElement array arrayElement map lambda
"""
_NUMBERS = """
    round floor ceil ceiling trunc truncate roundBankers sqrt cbrt exp exp2 exp10 log log2 log10 ln pow power sin cos
    tan asin acos atan atan2 pi e isNaN isFinite isInfinite ifNotFinite bitAnd bitOr bitXor bitNot bitCount
    widthBucket
"""
_TEXTS = """
    length lengthUTF8 char_length character_length empty notEmpty lower upper lowerUTF8 upperUTF8 lcase ucase concat
    concatWithSeparator substring substr mid substringUTF8 left right leftUTF8 rightUTF8 trim trimLeft trimRight
    trimBoth ltrim rtrim replace replaceAll replaceOne position positionUTF8 locate startsWith
    endsWith reverse reverseUTF8 splitByChar splitByString countSubstrings match extract
    replaceRegexpOne initcap initcapUTF8 formatDateTime
"""
_TYPES = """
    toString toInt8 toInt16 toInt32 toInt64 toUInt8 toUInt16 toUInt32 toUInt64 toFloat32 toFloat64 toDate toDate32
    toDateTime toDateTime64 toInt32OrNull toInt64OrNull toUInt32OrNull toUInt64OrNull toFloat64OrNull toDateOrNull
    toDateTimeOrNull toInt64OrZero toUInt64OrZero toFloat64OrZero toTypeName
"""
_TIMES = """
    toYear toQuarter toMonth toISOWeek toISOYear toWeek toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond
    toUnixTimestamp toStartOfYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay toStartOfHour
    toStartOfMinute toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes toStartOfInterval toMonday
    toLastDayOfMonth toTimeZone toYYYYMM toYYYYMMDD date_trunc dateTrunc dateDiff date_diff timestampDiff
    addYears addQuarters addMonths addWeeks addDays addHours addMinutes addSeconds
    subtractYears subtractQuarters subtractMonths subtractWeeks subtractDays subtractHours subtractMinutes
    subtractSeconds toIntervalYear toIntervalQuarter toIntervalMonth toIntervalWeek toIntervalDay toIntervalHour
    toIntervalMinute toIntervalSecond monthName dateName now today yesterday age
"""
_ARRAYS = """
    arrayConcat arraySlice arraySort arrayReverseSort arrayReverse arrayDistinct
    arrayUniq arrayCount arrayExists arrayAll arrayFirst arraySum arrayAvg arrayMin arrayMax arrayMap arrayFilter
    arrayJoin arrayStringConcat arrayCompact arrayCumSum arrayDifference arrayEnumerate arrayZip arrayFlatten
    arrayPushBack arrayPushFront arrayIntersect
"""
_WINDOWS = """
    row_number rank dense_rank denseRank percent_rank percentRank ntile lag lead lagInFrame leadInFrame first_value
    last_value nth_value
"""
_AGGREGATES = """
    count sum sumWithOverflow avg min max any anyLast anyHeavy argMin argMax uniq uniqExact uniqCombined uniqCombined64
    uniqHLL12 median medianExact quantile quantileExact quantiles quantilesExact quantileTDigest stddevPop stddevSamp
    varPop varSamp covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp groupArray groupUniqArray topK avgWeighted
    simpleLinearRegression entropy
"""
# What does the same as a function that is not allowed, and as one whose arguments are no values.
_INSTEAD = {
    "cast": "toString, toInt64, toFloat64, toDate or toDateTime",
    "has": "arrayExists(x -> x = 'Drama', genres)",
    "extractall": "extract",
    "replaceregexpall": "replaceRegexpOne, or replaceAll without a pattern",
    "positioncaseinsensitive": "position(lower(text), 'part')",
}
# What may follow the name of an aggregate.
_COMBINATORS = ("if", "distinct", "ornull", "ordefault", "array")


def _names(*texts: str) -> frozenset[str]:
    return frozenset(name.lower() for text in texts for name in text.split())


AGGREGATES = _names(_AGGREGATES)
FUNCTIONS = _names(_OPERATORS, _NUMBERS, _TEXTS, _TYPES, _TIMES, _ARRAYS, _WINDOWS) | AGGREGATES


def is_allowed(name: str) -> bool:
    """Whether a function may be called, also an aggregate with combinators: `sumIf`, `countDistinctIf`."""
    name = name.lower()
    if name in FUNCTIONS:
        return True
    for combinator in _COMBINATORS:
        if name.endswith(combinator):
            rest = name.removesuffix(combinator)
            return rest in AGGREGATES or (rest not in FUNCTIONS and is_allowed(rest))
    return False


def instead_of(name: str) -> str:
    """What to write instead of a function that is not allowed; '' where nothing is like it."""
    name = name.lower()
    if name in _INSTEAD:
        return f" Use {_INSTEAD[name]}."
    near = get_close_matches(name, FUNCTIONS, n=1)
    return f" Did you mean {near[0]}?" if near else ""
