import pytest

from app.inference.circuit import Circuit, CircuitPolicy, CircuitState

POLICY = CircuitPolicy(failures=3, share=0.5, window_seconds=10, pause_seconds=2, longest_pause_seconds=5)


def opened(at: float = 0) -> Circuit:
    circuit = Circuit(POLICY)
    for _ in range(3):
        circuit.failed(circuit.enter(at), at)
    return circuit


def test_so_many_failures_open_it_for_a_while() -> None:
    circuit = Circuit(POLICY)
    for now in (0.0, 1.0):
        circuit.failed(circuit.enter(now), now)
    assert circuit.closed
    circuit.failed(circuit.enter(2), 2)
    assert (circuit.closed, circuit.wait(2), circuit.wait(3.5), circuit.wait(4)) == (False, 2, 0.5, 0)
    with pytest.raises(ValueError, match="open"):
        circuit.enter(3)


def test_failures_long_ago_and_few_among_many_do_not_open_it() -> None:
    circuit = Circuit(POLICY)
    for now in (0, 1, 20, 21):
        circuit.failed(circuit.enter(now), now)
    assert circuit.closed
    circuit = Circuit(POLICY)
    for _ in range(4):
        circuit.succeeded(circuit.enter(0), 0)
    for _ in range(3):
        circuit.failed(circuit.enter(0), 0)
    assert circuit.closed
    circuit.failed(circuit.enter(0), 0)
    assert not circuit.closed


def test_after_the_pause_one_probe_goes_and_closes_it() -> None:
    circuit = opened()
    probe = circuit.enter(2)
    assert circuit.wait(2) > 0
    circuit.succeeded(probe, 3)
    assert circuit.closed
    circuit.failed(circuit.enter(3), 3)
    assert circuit.closed


def test_a_probe_that_fails_doubles_the_pause_up_to_a_bound() -> None:
    circuit = opened()
    circuit.failed(circuit.enter(2), 2)
    assert circuit.wait(2) == 4
    circuit.failed(circuit.enter(6), 6)
    assert circuit.wait(6) == 5
    circuit.succeeded(circuit.enter(11), 11)
    for _ in range(3):
        circuit.failed(circuit.enter(12), 12)
    assert circuit.wait(12) == 2


def test_a_probe_without_an_outcome_makes_way_for_the_next() -> None:
    circuit = opened()
    circuit.abandoned(circuit.enter(2), 3)
    assert circuit.wait(3) == 0
    lost = circuit.enter(3)
    assert circuit.wait(3) == POLICY.probe_seconds
    following = circuit.enter(3 + POLICY.probe_seconds)
    circuit.failed(lost, 40)
    circuit.succeeded(following, 41)
    assert circuit.closed


def test_outcomes_from_before_it_opened_say_nothing() -> None:
    circuit = Circuit(POLICY)
    early = circuit.enter(0)
    for _ in range(3):
        circuit.failed(circuit.enter(0), 0)
    circuit.succeeded(early, 1)
    circuit.failed(early, 1)
    circuit.abandoned(early, 1)
    assert circuit.wait(1) == 1


def test_its_state() -> None:
    circuit = opened()
    assert circuit.state is CircuitState.OPEN
    probe = circuit.enter(2)
    assert circuit.state is CircuitState.HALF_OPEN
    circuit.abandoned(probe, 2)
    assert circuit.state is CircuitState.OPEN
    circuit.succeeded(circuit.enter(3), 3)
    assert circuit.state is CircuitState.CLOSED
