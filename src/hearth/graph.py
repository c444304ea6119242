"""A directed graph of anything: what requires what, an order, or the cycle that forbids one."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Graph(Generic[K]):
    """Nodes and what each requires. Every question is answered in linear time.

    A node that is only required by others is a node, too. The order of the nodes is that in
    which they were given, and answers keep it.
    """

    edges: Mapping[K, Iterable[K]]
    _requires: dict[K, tuple[K, ...]] = field(init=False, repr=False, compare=False)
    _required_by: dict[K, tuple[K, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forward = {node: tuple(dict.fromkeys(needs)) for node, needs in self.edges.items()}
        for needs in list(forward.values()):
            for need in needs:
                forward.setdefault(need, ())
        backward: dict[K, list[K]] = {node: [] for node in forward}
        for node, needs in forward.items():
            for need in needs:
                backward[need].append(node)
        object.__setattr__(self, "_requires", forward)
        object.__setattr__(self, "_required_by", {n: tuple(b) for n, b in backward.items()})

    def nodes(self) -> list[K]:
        """All nodes, in the order given."""
        return list(self._requires)

    def requires(self, node: K) -> tuple[K, ...]:
        """What must be there before this node."""
        return self._requires[node]

    def required_by(self, node: K) -> tuple[K, ...]:
        """What can only come after this node."""
        return self._required_by[node]

    def order(self) -> list[K]:
        """All nodes, each after what it requires; in a graph with a cycle, those outside it."""
        left = {node: len(needs) for node, needs in self._requires.items()}
        ready = [node for node, count in left.items() if count == 0]
        for node in ready:
            for waiting in self._required_by[node]:
                left[waiting] -= 1
                if left[waiting] == 0:
                    ready.append(waiting)
        return ready

    def cycle(self) -> list[K] | None:
        """The nodes of one cycle, each requiring the next and the last the first, or None."""
        outside = set(self.order())
        inside = {
            node: [need for need in needs if need not in outside]
            for node, needs in self._requires.items()
            if node not in outside
        }
        if not inside:
            return None
        # What is left is on a cycle or requires one; so following any requirement ends in one.
        seen: dict[K, int] = {}
        walk: list[K] = []
        node = next(iter(inside))
        while node not in seen:
            seen[node] = len(walk)
            walk.append(node)
            node = inside[node][0]
        return walk[seen[node] :]

    def reverse(self) -> "Graph[K]":
        """The same with every edge turned round."""
        return Graph(self._required_by)
