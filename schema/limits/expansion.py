"""A document with its fragments in place, measured without putting them there: each node is visited once a rule, and a
fragment's measure is remembered, however often it is spread.
"""

from collections.abc import Iterable, Sequence

from graphql import DocumentNode, FragmentDefinitionNode, FragmentSpreadNode, Node, OperationDefinitionNode

from schema.limits.rules import MOST_COUNTED, Rule, greatest
from warehouse.errors import BadInput


class Expansion:
    """What a document selects. `visited` counts the nodes that were looked at, so that a test can hold it to the
    document's size.

    Raises: BadInput for a fragment that spreads itself, through others too.
    """

    def __init__(self, document: DocumentNode) -> None:
        self.visited = 0
        self._definitions = document.definitions
        self._fragments = {one.name.value: one for one in self._definitions if isinstance(one, FragmentDefinitionNode)}
        self.nodes = self._upward()

    def check(self, rule: Rule) -> None:
        """Raises: BadInput where the operations together, or a fragment alone, are beyond the rule's bound."""
        found = self.measure(rule)
        if found > rule.most:
            shown = f"{found:,}" if found < MOST_COUNTED else f"more than {MOST_COUNTED:,}"
            raise BadInput(rule.refusal.format(most=f"{rule.most:,}", found=shown))

    def measure(self, rule: Rule) -> int:
        """The measure of all operations together, or of a fragment that is greater alone."""
        worth: dict[int, int] = {}
        for node in self.nodes:
            self.visited += 1
            below = rule.together(worth[id(one)] for one in self._held(node))
            worth[id(node)] = min(below + rule.own(node), MOST_COUNTED)
        operations = (worth[id(one)] for one in self._definitions if isinstance(one, OperationDefinitionNode))
        return max(rule.together(operations), greatest(worth[id(one)] for one in self._fragments.values()))

    def _upward(self) -> Sequence[Node]:
        """Every node after all that it holds; fragments stand before what spreads them. A stack of our own, for a
        document may be deeper than Python's.
        """
        upward: list[Node] = []
        done: set[int] = set()
        entered: set[int] = set()
        waiting: list[Node] = list(self._definitions)
        while waiting:
            self.visited += 1
            node = waiting[-1]
            if id(node) in done or id(node) in entered:
                waiting.pop()
                if id(node) not in done:
                    done.add(id(node))
                    upward.append(node)
                continue
            entered.add(id(node))
            for held in self._held(node):
                if id(held) in entered and id(held) not in done:
                    raise BadInput(f"The fragment {_name(held)} spreads itself. Fragments may not go in circles.")
                if id(held) not in done:
                    waiting.append(held)
        return upward

    def _held(self, node: Node) -> Iterable[Node]:
        """What a node selects: a spread, its fragment; a fragment that is not there, nothing."""
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments.get(node.name.value)
            return () if fragment is None else (fragment,)
        selections = getattr(node, "selection_set", None)
        return selections.selections if selections else ()


def _name(node: Node) -> str:
    return node.name.value if isinstance(node, FragmentDefinitionNode) else "of the document"
