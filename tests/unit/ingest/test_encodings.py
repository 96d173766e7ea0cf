"""Encodings of files: those that people's files have, by their usual names, and no other codec of Python's."""

import io

import pytest

from ingest.files.dialect import Dialect, checked
from ingest.readers.encodings import Utf8
from warehouse.errors import BadInput

USUAL = {
    "utf-8": "Größe",
    "UTF8": "Größe",
    "utf-8-sig": "Größe",
    "utf-16": "Größe",
    "utf-16le": "Größe",
    "UTF-32BE": "Größe",
    "us-ascii": "Heat",
    "latin-1": "Größe",
    "ISO-8859-1": "Größe",
    "iso-8859-15": "10 €",
    "iso-8859-2": "Łódź",
    "Windows-1252": "“Heat”",
    "cp1252": "“Heat”",
    "windows-1251": "Москва",
    "cp850": "Größe",
    "cp437": "Größe",
    "macintosh": "Größe",
    "koi8-r": "Москва",
    "KOI8-U": "Київ",
    "Shift_JIS": "七人の侍",
    "sjis": "七人の侍",
    "cp932": "七人の侍",
    "ms932": "七人の侍",
    "euc-jp": "七人の侍",
    "euc-kr": "기생충",
    "cp949": "기생충",
    "gb2312": "霸王别姬",
    "GBK": "霸王别姬",
    "gb18030": "霸王别姬",
    "Big5": "悲情城市",
    "tis-620": "ไทย",
}
NONE = ("utf-7", "UTF7", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "charmap", "mbcs")
BYTES = ("base64", "zlib", "hex", "bz2", "quopri", "uu", "rot13")
# Of languages of few files, or with states that a text switches between.
OTHERS = ("iso2022_jp", "hz", "cp037", "cp500", "big5hkscs", "ptcp154", "a\0b", "", "utf-9", "x" * 10_000, "../etc")


@pytest.mark.parametrize("name", USUAL)
def test_texts_of_usual_encodings_are_read_by_their_usual_names(name: str) -> None:
    assert checked(Dialect(encoding=name)).encoding == name
    text = USUAL[name] * 3
    assert Utf8(io.BytesIO(text.encode(name)), name, "a.csv").read(1_000).decode("utf-8-sig") == text


@pytest.mark.parametrize("name", [*NONE, *BYTES, *OTHERS])
def test_other_codecs_are_refused_with_those_that_are_read(name: str) -> None:
    with pytest.raises(BadInput, match=r"which is unknown; expected one of utf-8, utf-16, .*big5$"):
        checked(Dialect(encoding=name))
