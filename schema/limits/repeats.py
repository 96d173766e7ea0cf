"""How often one response name may stand in a document: validation compares all fields of one name in pairs."""

from collections import Counter

from graphql import FieldNode

from schema.limits.bounds import BOUNDS
from schema.limits.expansion import Expansion
from warehouse.errors import BadInput


def check_repeats(expansion: Expansion) -> None:
    """Raises: BadInput, which names the field."""
    names = Counter((one.alias or one.name).value for one in expansion.nodes if isinstance(one, FieldNode))
    for name, times in names.most_common(1):
        if times > BOUNDS.repeats:
            raise BadInput(
                f"The document says {name[:40]} {times:,} times; allowed are {BOUNDS.repeats} for one name. "
                "Say it once in a fragment, or send several requests."
            )
