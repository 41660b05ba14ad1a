import pytest

from app.experiments.log_query import Term, parsed, tsquery


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("cuda oom", [[Term("cuda"), Term("oom")]]),
        ('"out of memory"', [[Term("out of memory")]]),
        ('"never closed', [[Term("never closed")]]),
        ("out* -retried", [[Term("out", begins=True), Term("retried", without=True)]]),
        ('-"not this" that', [[Term("not this", without=True), Term("that")]]),
        ("oom OR killed", [[Term("oom")], [Term("killed")]]),
        ("state-of-the-art", [[Term("state-of-the-art")]]),
        ('a"b"', [[Term("a"), Term("b")]]),
        ("", [[]]),
    ],
)
def test_a_query_is_read(query: str, terms: list[list[Term]]) -> None:
    assert parsed(query) == terms


def written(query: str) -> str | None:
    alternatives = parsed(query)
    words = {term.text: term.text.replace(".", " ").split() for terms in alternatives for term in terms}
    return tsquery(alternatives, words)


def test_it_is_written_for_postgresql() -> None:
    assert written("cuda -oom") == "(('cuda') & !('oom'))"
    assert written('"out of memory" or kill*') == "(('out' <-> 'of' <-> 'memory')) | (('kill':*))"
    assert written("torch.cuda") == "(('torch' <-> 'cuda'))"
    assert written("a . b") == "(('a') & ('b'))", "what has no word is left out"


@pytest.mark.parametrize("query", ["", "-oom", "...", "oom or", "oom or -killed", "* or a"])
def test_every_alternative_names_a_word(query: str) -> None:
    assert written(query) is None
