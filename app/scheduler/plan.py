"""Who may start now: pure, no I/O, no clock of its own.

First in, first out. A workload gets all its bundles or none, and nobody overtakes the head of the queue, so that a big
one cannot starve behind small ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

EPSILON = 1e-9
MOST_TRIES = 2_000
"""Placements of single bundles that one search tries: packing is hard, and no round may hang on it."""


@dataclass(frozen=True, slots=True)
class Need:
    """What one bundle takes from one node; `memory` in bytes."""

    cpu: float = 0
    gpu: float = 0
    memory: int = 0

    def fits(self, free: "Need") -> bool:
        return (
            self.cpu <= free.cpu + EPSILON and self.gpu <= free.gpu + EPSILON and self.memory <= free.memory + EPSILON
        )

    def less(self, other: "Need") -> "Need":
        return Need(self.cpu - other.cpu, self.gpu - other.gpu, self.memory - other.memory)


@dataclass(frozen=True, slots=True)
class Node:
    name: str
    has: Need


@dataclass(frozen=True, slots=True)
class Gang:
    """A workload as the scheduler sees it."""

    id: UUID
    bundles: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    id: UUID
    code: str
    """`resources` for the head of the queue, `behind` for all others, `never_fits`, or `no_nodes`."""
    message: str
    blocked_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    admitted: tuple[UUID, ...]
    waiting: tuple[Waiting, ...]


def plan(queue: Sequence[Gang], active: Sequence[Gang], nodes: Sequence[Node]) -> Plan:
    """`queue` in the order of arrival; `active` are those that hold resources already."""
    if not nodes:
        message = "no node of the cluster is known yet"
        return Plan((), tuple(Waiting(gang.id, "no_nodes", message) for gang in queue))
    free = _free_after(active, nodes)
    admitted: list[UUID] = []
    waiting: list[Waiting] = []
    head: Gang | None = None
    for gang in queue:
        if head is not None:
            waiting.append(Waiting(gang.id, "behind", "waits behind an earlier workload", blocked_by=head.id))
            continue
        if reason := never_fits(gang.bundles, nodes):
            waiting.append(Waiting(gang.id, "never_fits", reason))
            continue
        placed = _place(gang.bundles, free)
        if placed is None:
            head = gang
            waiting.append(Waiting(gang.id, "resources", _shortage(gang.bundles, free)))
            continue
        free = placed
        admitted.append(gang.id)
    return Plan(tuple(admitted), tuple(waiting))


def never_fits(bundles: Sequence[Need], nodes: Sequence[Node]) -> str | None:
    """Why the bundles could not run even on the empty cluster; None where they could."""
    for bundle in bundles:
        if not any(bundle.fits(node.has) for node in nodes):
            largest = max((node.has for node in nodes), key=lambda has: (has.gpu, has.cpu), default=Need())
            return f"one part asks for {describe(bundle)} on one node; the largest node has {describe(largest)}"
    if _place(bundles, tuple(node.has for node in nodes)) is not None:
        return None
    everything = total([node.has for node in nodes])
    if total(bundles).fits(everything):
        return f"its {len(bundles)} parts cannot be divided among the {len(nodes)} nodes: ask for smaller ones"
    return f"it asks for {describe(total(bundles))}; the whole cluster has {describe(everything)}"


def total(needs: Sequence[Need]) -> Need:
    return Need(sum(n.cpu for n in needs), sum(n.gpu for n in needs), sum(n.memory for n in needs))


def describe(need: Need) -> str:
    parts = [f"{need.cpu:g} CPU"]
    if need.gpu:
        parts.append(f"{need.gpu:g} GPU")
    if need.memory:
        parts.append(f"{need.memory / 1024**3:.1f} GiB")
    return ", ".join(parts)


def _free_after(active: Sequence[Gang], nodes: Sequence[Node]) -> tuple[Need, ...]:
    """What is left where. Ray chose the nodes; the plan packs what is active as if it had chosen them."""
    free = tuple(node.has for node in nodes)
    bundles = [bundle for gang in active for bundle in gang.bundles]
    placed = _place(bundles, free)
    if placed is not None:
        return placed
    # More is held than the nodes have, because one was lost: the emptiest pays, so that nothing new starts there.
    for bundle in _largest_first(bundles):
        index = _tightest(bundle, free)
        free = _take(free, _emptiest(free) if index is None else index, bundle)
    return free


def _place(bundles: Sequence[Need], free: tuple[Need, ...]) -> tuple[Need, ...] | None:
    """What is left after every bundle has a node, or None. Largest first, each where it fits most tightly.

    Where that fails, other placements are searched, up to `MOST_TRIES`.
    """
    ordered = _largest_first(bundles)
    placed = _place_greedily(ordered, free)
    if placed is not None or not total(bundles).fits(total(free)):
        return placed
    return _search(ordered, free)


def _place_greedily(bundles: Sequence[Need], free: tuple[Need, ...]) -> tuple[Need, ...] | None:
    for bundle in bundles:
        index = _tightest(bundle, free)
        if index is None:
            return None
        free = _take(free, index, bundle)
    return free


def _search(bundles: Sequence[Need], free: tuple[Need, ...]) -> tuple[Need, ...] | None:
    """Depth first, without recursion, because a gang may have hundreds of bundles."""
    waiting = [(0, free)]
    for _ in range(MOST_TRIES):
        if not waiting:
            return None
        done, left = waiting.pop()
        if done == len(bundles):
            return left
        bundle = bundles[done]
        fitting = {left[index]: index for index in range(len(left)) if bundle.fits(left[index])}
        # The tightest is tried first, so it goes last; of nodes that are alike one is enough.
        waiting += [(done + 1, _take(left, fitting[need], bundle)) for need in sorted(fitting, key=_size, reverse=True)]
    return None


def _largest_first(bundles: Sequence[Need]) -> list[Need]:
    return sorted(bundles, key=_size, reverse=True)


def _tightest(bundle: Need, free: tuple[Need, ...]) -> int | None:
    """The node that has least left of those on which the bundle fits."""
    fitting = [(_size(node), index) for index, node in enumerate(free) if bundle.fits(node)]
    return min(fitting)[1] if fitting else None


def _take(free: tuple[Need, ...], index: int, bundle: Need) -> tuple[Need, ...]:
    if not free:
        return free
    return (*free[:index], free[index].less(bundle), *free[index + 1 :])


def _emptiest(free: tuple[Need, ...]) -> int:
    return max(range(len(free)), key=lambda index: _size(free[index]), default=0)


def _size(need: Need) -> tuple[float, float, int]:
    return need.gpu, need.cpu, need.memory


def _shortage(bundles: Sequence[Need], free: Sequence[Need]) -> str:
    return f"waits for {describe(total(bundles))}; free are {describe(total(free))}"
