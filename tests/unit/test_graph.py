"""hearth.graph."""

from hypothesis import given
from hypothesis import strategies as st

from hearth.graph import Graph

DAGS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))).map(
    lambda pairs: Graph(
        {high: [low for h, low in pairs if h == high and low < high] for high in range(13)}
    )
)


@given(DAGS)
def test_an_order_puts_everything_after_what_it_requires(graph):
    order = graph.order()

    assert sorted(order) == list(range(13))
    assert all(order.index(need) < order.index(k) for k in order for need in graph.requires(k))


@given(DAGS)
def test_a_graph_without_a_cycle_has_none_and_required_by_mirrors_requires(graph):
    pairs = {(node, need) for node in graph.nodes() for need in graph.requires(node)}

    assert graph.cycle() is None
    assert pairs == {(by, node) for node in graph.nodes() for by in graph.required_by(node)}


def test_a_cycle_is_told_with_its_path_and_without_its_tail():
    graph = Graph({"x": [], "a": ["b", "x"], "b": ["c"], "c": ["a"], "y": ["a"]})

    cycle = graph.cycle()

    assert cycle is not None
    assert sorted(cycle) == ["a", "b", "c"]
    assert all(
        after in graph.requires(node)
        for node, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True)
    )


def test_a_node_that_requires_itself_is_a_cycle_of_one():
    assert Graph({"a": ["a"]}).cycle() == ["a"]


def test_what_is_only_required_is_a_node_too():
    assert Graph({"a": ["b"]}).order() == ["b", "a"]
