"""Measures a document as if its fragments were expanded, without expanding them: each rule visits each node once, and
each fragment's measure is cached.
"""

from collections.abc import Iterable, Sequence

from graphql import DocumentNode, FragmentDefinitionNode, FragmentSpreadNode, Node, OperationDefinitionNode

from schema.limits.rules import MOST_COUNTED, Rule, greatest
from warehouse.errors import BadInput


class Expansion:
    """The expanded selection of a document. `visited` counts visited nodes, so tests can compare it with the document's
    size.

    Raises: BadInput for a fragment that spreads itself, directly or through others.
    """

    def __init__(self, document: DocumentNode) -> None:
        self.visited = 0
        self._definitions = document.definitions
        self._fragments = {one.name.value: one for one in self._definitions if isinstance(one, FragmentDefinitionNode)}
        self.nodes = self._upward()

    def check(self, rule: Rule) -> None:
        """Raises: BadInput if all operations together, or one fragment, exceed the rule's bound."""
        found = self.measure(rule)
        if found > rule.most:
            shown = f"{found:,}" if found < MOST_COUNTED else f"more than {MOST_COUNTED:,}"
            raise BadInput(rule.refusal.format(most=f"{rule.most:,}", found=shown))

    def measure(self, rule: Rule) -> int:
        """The measure of all operations together, or of one fragment if that is greater."""
        worth: dict[int, int] = {}
        for node in self.nodes:
            self.visited += 1
            below = rule.together(worth[id(one)] for one in self._held(node))
            worth[id(node)] = min(below + rule.own(node), MOST_COUNTED)
        operations = (worth[id(one)] for one in self._definitions if isinstance(one, OperationDefinitionNode))
        return max(rule.together(operations), greatest(worth[id(one)] for one in self._fragments.values()))

    def _upward(self) -> Sequence[Node]:
        """All nodes, children before parents and fragments before their spreads. Uses an explicit stack, because a
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
                    raise BadInput(f"The fragment {_name(held)} spreads itself. Remove the cycle.")
                if id(held) not in done:
                    waiting.append(held)
        return upward

    def _held(self, node: Node) -> Iterable[Node]:
        """The nodes selected by a node; for a spread its fragment, or nothing if it is undefined."""
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments.get(node.name.value)
            return () if fragment is None else (fragment,)
        selections = getattr(node, "selection_set", None)
        return selections.selections if selections else ()


def _name(node: Node) -> str:
    return node.name.value if isinstance(node, FragmentDefinitionNode) else "of the document"
