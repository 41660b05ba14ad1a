from uuid import UUID

from app.mlflow.numbering import Numbering


def test_every_batch_of_a_run_has_a_number_of_its_own() -> None:
    numbers = Numbering(most=2)
    first, second, third = (UUID(int=each) for each in range(3))
    given = [numbers.next(first) for _ in range(3)]
    assert [sequence for _, sequence in given] == [0, 1, 2]
    assert len({source for source, _ in given}) == 1
    numbers.next(second)
    numbers.next(third)
    forgotten = numbers.next(first)
    assert forgotten[1] == 0
    assert forgotten[0] != given[0][0]
