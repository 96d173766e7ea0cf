"""How large a document and its variables may be, in one table. The same for every role: ordinary questions stay far
below, and what goes beyond is no question.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Of a document: characters, lexical tokens and nested brackets of its text; what it selects once fragments stand
    in place. `repeats` is how often one response name may stand in it. `values` are all those of the variables,
    `list_values` those of one `in`.
    """

    characters: int = 20_000
    tokens: int = 2_000
    nesting: int = 50
    depth: int = 16
    fields: int = 300
    aliases: int = 60
    directives: int = 60
    repeats: int = 60
    introspected_lists: int = 3
    values: int = 20_000
    list_values: int = 1_000


BOUNDS = Bounds()

# Counts stop here: a few doubling fragments stand for more fields than there are atoms.
MOST_COUNTED = 1_000_000
