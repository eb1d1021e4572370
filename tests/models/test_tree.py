from hypothesis import given
from hypothesis import strategies as st

from conversations.models import Node, Tree


def tree(parents: list[int | None], leaf: int | None) -> Tree:
    """Messages 1, 2, …; each names its parent's number."""
    depths: dict[int | None, int] = {None: -1}
    nodes = []
    for number, parent in enumerate(parents, 1):
        depths[number] = depths[parent] + 1
        nodes.append(Node(number, parent, depths[number], "shown", "user", False))
    return Tree(sorted(nodes, key=lambda node: node.depth), leaf)


def ids(path: list[Node]) -> list[int]:
    return [node.id for node in path]


@st.composite
def trees(draw: st.DrawFn) -> list[int | None]:
    count = draw(st.integers(1, 25))
    return [draw(st.sampled_from([None, *range(1, number)])) for number in range(1, count + 1)]


def test_a_conversation_without_messages_has_an_empty_path() -> None:
    assert tree([], None).path == []


def test_a_leaf_that_is_not_there_has_an_empty_path() -> None:
    assert tree([None], 7).path == []


def test_the_path_leads_from_the_root_to_the_leaf() -> None:
    assert ids(tree([None, 1, 1, 2], 4).path) == [1, 2, 4]


def test_the_newest_child_leads_to_the_latest_leaf() -> None:
    branching = tree([None, 1, 1, 2, 3], 4)
    assert branching.latest_leaf(1) == 5
    assert branching.latest_leaf(2) == 4


@given(trees(), st.data())
def test_every_path_is_a_chain_of_parents(parents: list[int | None], data: st.DataObject) -> None:
    leaf = data.draw(st.integers(1, len(parents)))
    path = tree(parents, leaf).path
    assert path[-1].id == leaf
    assert path[0].parent_id is None
    assert [node.parent_id for node in path[1:]] == ids(path)[:-1]
    assert [node.depth for node in path] == list(range(len(path)))


@given(trees(), st.data())
def test_alternatives_share_a_parent_and_contain_the_message(parents: list[int | None], data: st.DataObject) -> None:
    whole = tree(parents, data.draw(st.integers(1, len(parents))))
    for node in whole.path:
        siblings = whole.alternatives(node)
        assert node.id in siblings
        assert siblings == [number for number, parent in enumerate(parents, 1) if parent == node.parent_id]


@given(trees(), st.data())
def test_the_latest_leaf_lies_below_the_message_and_has_no_children(
    parents: list[int | None], data: st.DataObject
) -> None:
    message = data.draw(st.integers(1, len(parents)))
    whole = tree(parents, None)
    leaf = whole.latest_leaf(message)
    assert leaf not in parents
    assert message in ids(whole.path_to(leaf))
