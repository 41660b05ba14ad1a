from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.scheduler.plan import Gang, Need, Node, Plan, never_fits, plan, total


def gang(*cpus: float, gpu: float = 0) -> Gang:
    return Gang(uuid4(), tuple(Need(cpu, gpu) for cpu in cpus))


def nodes(*cpus: float, gpu: float = 0) -> list[Node]:
    return [Node(f"n{index}", Need(cpu, gpu, 0)) for index, cpu in enumerate(cpus)]


def codes(made: Plan) -> dict[UUID, str]:
    return {waiting.id: waiting.code for waiting in made.waiting}


def test_admits_in_order_what_fits() -> None:
    first, second, third = gang(2, 2), gang(3), gang(1)
    made = plan([first, second, third], [], nodes(8))
    assert made.admitted == (first.id, second.id, third.id)
    assert made.waiting == ()


def test_a_gang_gets_all_of_its_bundles_or_none() -> None:
    big = gang(2, 2, 2)
    made = plan([big], [gang(3)], nodes(8))
    assert made.admitted == ()
    (waiting,) = made.waiting
    assert waiting.code == "resources"
    assert waiting.message == "waits for 6 CPU; free are 5 CPU"


def test_nobody_overtakes_the_head() -> None:
    big, small = gang(6), gang(1)
    made = plan([big, small], [gang(4)], nodes(8))
    assert made.admitted == ()
    assert codes(made) == {big.id: "resources", small.id: "behind"}
    assert made.waiting[1].blocked_by == big.id


def test_a_bundle_is_never_divided_among_nodes() -> None:
    made = plan([gang(4)], [gang(2), gang(2)], nodes(4, 4))
    assert len(made.admitted) == 1, "both small ones share a node"
    made = plan([gang(4)], [gang(3), gang(3)], nodes(4, 4))
    assert made.admitted == ()


def test_what_never_fits_is_explained_and_holds_up_nobody() -> None:
    monster, small = gang(64), gang(1)
    made = plan([monster, small], [], nodes(8))
    assert made.admitted == (small.id,)
    assert codes(made) == {monster.id: "never_fits"}
    assert made.waiting[0].message == "one part asks for 64 CPU on one node; the largest node has 8 CPU"
    assert never_fits(gang(6, 6).bundles, nodes(8)) == "it asks for 12 CPU; the whole cluster has 8 CPU"
    assert never_fits(gang(3, 3, 3).bundles, nodes(5, 5)) == (
        "its 3 parts cannot be divided among the 2 nodes: ask for smaller ones"
    )


def test_gpus_and_memory_count_too() -> None:
    node = Node("n", Need(8, 2, 16 * 1024**3))
    assert never_fits((Need(1, 3),), [node]) == (
        "one part asks for 1 CPU, 3 GPU on one node; the largest node has 8 CPU, 2 GPU, 16.0 GiB"
    )
    assert plan([gang(1, gpu=2), gang(1, gpu=1)], [], [node]).admitted != ()
    held = Gang(uuid4(), (Need(1, 0, 12 * 1024**3),))
    assert plan([Gang(uuid4(), (Need(1, 0, 8 * 1024**3),))], [held], [node]).admitted == ()


def test_without_nodes_everything_waits() -> None:
    waiting = plan([gang(1)], [], []).waiting
    assert [entry.code for entry in waiting] == ["no_nodes"]


def test_a_lost_node_admits_nothing_new() -> None:
    made = plan([gang(1)], [gang(4), gang(4)], nodes(4))
    assert made.admitted == ()


def test_packs_what_greedy_placement_would_not() -> None:
    # Largest first and tightest fit puts both fours on one node, and leaves room for two threes and a rest.
    assert never_fits(gang(4, 4, 3, 3, 3, 3).bundles, nodes(10, 10)) is None
    assert plan([gang(4, 4, 3, 3, 3, 3)], [], nodes(10, 10)).admitted != ()


bundle = st.builds(Need, cpu=st.integers(0, 6), gpu=st.integers(0, 2), memory=st.integers(0, 3))
gangs = st.lists(st.lists(bundle, min_size=1, max_size=3), max_size=5)
members = st.lists(st.builds(Need, cpu=st.integers(0, 9), gpu=st.integers(0, 3), memory=st.integers(0, 4)), max_size=3)


@given(gangs, members)
def test_never_over_commits_a_node(wanted: list[list[Need]], has: list[Need]) -> None:
    queue = [Gang(UUID(int=index), tuple(bundles)) for index, bundles in enumerate(wanted)]
    cluster = [Node(str(index), need) for index, need in enumerate(has)]
    active: list[Gang] = []
    while admitted := plan(queue, active, cluster).admitted:
        active += [gang for gang in queue if gang.id in admitted]
        queue = [gang for gang in queue if gang.id not in admitted]
        assert packs([need for gang in active for need in gang.bundles], has)


@given(gangs, gangs, members)
def test_first_in_first_out(wanted: list[list[Need]], held: list[list[Need]], has: list[Need]) -> None:
    queue = [Gang(UUID(int=index), tuple(bundles)) for index, bundles in enumerate(wanted)]
    active = [Gang(uuid4(), tuple(bundles)) for bundles in held]
    made = plan(queue, active, [Node(str(index), need) for index, need in enumerate(has)])
    told = [waiting.id for waiting in made.waiting]
    assert sorted([*made.admitted, *told]) == [gang.id for gang in queue], "each is admitted or told why not"
    heads = [waiting.id for waiting in made.waiting if waiting.code == "resources"]
    assert len(heads) <= 1
    for head in heads:
        assert all(admitted < head for admitted in made.admitted)
        assert all(waiting.blocked_by == head for waiting in made.waiting if waiting.code == "behind")


@given(st.lists(bundle, min_size=1, max_size=5), members.filter(bool))
def test_never_fits_is_true(bundles: list[Need], has: list[Need]) -> None:
    reason = never_fits(bundles, [Node(str(index), need) for index, need in enumerate(has)])
    assert (reason is None) == packs(bundles, has)


def packs(bundles: list[Need], has: list[Need]) -> bool:
    """By trying everything that is not hopeless."""
    if not bundles:
        return True
    first, *rest = bundles
    if not total(bundles).fits(total(has)):
        return False
    return any(
        packs(rest, [*has[:index], node.less(first), *has[index + 1 :]])
        for index, node in enumerate(has)
        if first.fits(node)
    )


def test_packs_tries_everything() -> None:
    assert packs([Need(cpu) for cpu in (4, 4, 3, 3, 3, 3)], [Need(10), Need(10)])
    assert not packs([Need(3)] * 3, [Need(5), Need(5)])
