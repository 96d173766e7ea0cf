"""The texts of a PDF that Chromium printed, read by its fonts' tables of characters."""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj|(\bET\b)")


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    return len(re.findall(rb"/Type /Page\n", pdf))


def text_of(pdf: bytes) -> str:
    """All that it shows, without blanks: a line for each piece of text."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    characters = {
        name: _characters(_unpacked(objects[int(cmap[1])]))
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", pdf)
        if (cmap := re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)]))
    }
    contents = (int(number) for number in re.findall(rb"/Contents (\d+) 0 R", pdf))
    return "".join("".join(_shown(_unpacked(objects[number]), characters)) for number in contents)


def _shown(content: bytes, characters: dict[bytes, dict[int, str]]) -> Iterator[str]:
    font: dict[int, str] = {}
    for name, glyphs, is_end in _SHOWN.findall(content):
        if name:
            font = characters.get(name, {})
        elif is_end:
            yield "\n"
        else:
            # Type 3 fonts have glyphs of one byte.
            yield "".join(font.get(one, "") for one in bytes.fromhex(glyphs.decode())).replace(" ", "")


def _characters(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar\n(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(rb"<(\w+)> <(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange\n(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, text in re.findall(rb"<(\w+)> <(\w+)> <(\w+)>", block):
            begin = int(text, 16)
            found |= {int(first, 16) + n: chr(begin + n) for n in range(int(last, 16) - int(first, 16) + 1)}
    return found


def _unpacked(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    if stream is None:
        return b""
    return zlib.decompress(stream[1]) if b"FlateDecode" in body else stream[1]
