"""What is sealed is opened by the keys and for the purpose that it was sealed with, and by nothing else."""

from app.kit.sealing import reseal, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32


def test_it_is_opened_for_its_purpose_alone() -> None:
    sealed = seal((OLD,), "one", "secret")
    assert b"secret" not in sealed
    assert unseal((OLD,), "one", sealed) == "secret"
    assert unseal((OLD,), "another", sealed) is None
    assert unseal((NEW,), "one", sealed) is None


def test_it_moves_to_the_current_key() -> None:
    sealed = seal((OLD,), "one", "secret")
    moved = reseal((NEW, OLD), "one", sealed)
    assert unseal((NEW,), "one", moved) == "secret"
    assert reseal((NEW, OLD), "one", moved) == moved
    assert reseal((NEW,), "one", sealed) == sealed, "what is lost stays as it is"
