"""Collation: texts in the order that people expect, whatever their case and accents.

The engine can sort by a language's rules (`ORDER BY title COLLATE 'en'`), but not compare by them, as a cursor must. A
sort key in the same order, punctuation before digits before letters, serves both. Equal keys are ordered by bytes.
"""

from warehouse.query.parameters import literal_sql

# ASCII in the order of the Unicode collation's root, which English follows; characters that share a place are equal.
_ASCII = (
    *(" ", "_", "-", ",", ";", ":", "!", "?", ".", "'`", '"', "(", ")", "[{", "]}", "@", "*", "/", "\\", "&", "#"),
    *("%", "^", "+", "<", "=", ">", "|", "~", "$"),
)
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The place of any other character that is neither a digit nor a letter.
_SYMBOL = len(_ASCII) + 1
# Punctuation and letters with a stroke, which Unicode does not decompose, and what they are sorted as.
_LIKE = ("‘’“”–—øłđðħ", "''\"\"--olddh")
_LIGATURES = (("æ", "ae"), ("œ", "oe"))

_PLACES = {ord(one): chr(place) for place, equal in enumerate(_ASCII, start=1) for one in equal}
_PLACES |= {ord(capital): capital.lower() for capital in _CAPITALS}


def key_sql(text: str) -> str:
    """SQL of a text's sort key; NULL of NULL."""
    folded = f"removeDiacriticsUTF8(normalizeUTF8NFKCCasefold(toValidUTF8({text})))"
    folded = f"translateUTF8({folded}, {literal_sql(_LIKE[0])}, {literal_sql(_LIKE[1])})"
    for letter, letters in _LIGATURES:
        folded = f"replaceAll({folded}, '{letter}', '{letters}')"
    marked = rf"replaceRegexpAll({_placed(folded)}, '[^\\pL\\pN\\x00-\\x7f]', '{_escaped(_SYMBOL)}\\0')"
    # Most texts are ASCII, for which a byte table takes a tenth of the time.
    return f"if(isValidASCII({text}), {_placed(text)}, {marked})"


def ascii_key(text: str) -> str:
    """The sort key of a text that is ASCII."""
    return text.translate(_PLACES)


def order_sql(text: str, way: str = "") -> str:
    """The terms of an ORDER BY that sort by a text, `way` after each."""
    return f"{key_sql(text)}{way}, {text}{way}"


def film_order_sql(title: str, identity: str, way: str = "") -> str:
    """The same of films: by title, then by id; one without a title comes last."""
    return order_sql(f"nullIf({title}, '')", way) + f", {identity}{way}"


def film_key_sql(title: str, identity: str) -> str:
    """SQL of one text whose bytes sort as `film_order_sql` does."""
    place = f"if({title} = '', '1', '0')"
    return rf"concat({place}, {key_sql(title)}, '\0', {title}, '\0', leftPad(hex({identity}), 32, '0'))"


def _placed(text: str) -> str:
    """SQL of a text whose ASCII is in small letters, and in places where it is neither letter nor digit."""
    places = "".join(_escaped(place) * len(equal) for place, equal in enumerate(_ASCII, start=1))
    return f"translate({text}, {literal_sql(''.join(_ASCII) + _CAPITALS)}, '{places}{_CAPITALS.lower()}')"


def _escaped(code: int) -> str:
    return f"\\x{code:02x}"
