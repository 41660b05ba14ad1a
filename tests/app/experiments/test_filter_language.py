import pytest

from app.experiments.filter_language import LanguageError, SortKey, parse_column, parse_filter, parse_sort
from app.experiments.filter_tree import (
    Absence,
    All,
    AnyOf,
    Column,
    Comparison,
    Membership,
    Not,
    Of,
    Operator,
    Place,
)

LOSS, LR, TEAM = Column(Place.METRICS, "loss"), Column(Place.PARAMS, "lr"), Column(Place.TAGS, "team")
STATUS, NAME = Column(Place.ATTRIBUTES, "status"), Column(Place.ATTRIBUTES, "name")
LOW = Comparison(LOSS, Operator.LESS, 0.3)


def test_and_binds_before_or() -> None:
    read = parse_filter('metrics.loss < 0.3 or params.lr = 1e-3 and tags.team = "nlp"')
    both = All((Comparison(LR, Operator.EQUAL, 0.001), Comparison(TEAM, Operator.EQUAL, "nlp")))
    assert read == AnyOf((LOW, both))


def test_brackets_and_not() -> None:
    assert parse_filter("not (metrics.loss < 0.3 OR params.lr IS NULL)") == Not(AnyOf((LOW, Absence(LR))))
    assert parse_filter("not not metrics.loss < 0.3") == LOW
    assert parse_filter("(" * 500 + "metrics.loss < 0.3" + ")" * 500) == LOW


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('metrics."train/loss (a)"', Column(Place.METRICS, "train/loss (a)")),
        ("metrics.`a b`", Column(Place.METRICS, "a b")),
        ("`metrics.a b`", Column(Place.METRICS, "a b")),
        (r'tags."a \"b\" \\ c"', Column(Place.TAGS, r'a "b" \ c')),
        ("metrics.train/loss-1.x", Column(Place.METRICS, "train/loss-1.x")),
        ("params.数据.批量", Column(Place.PARAMS, "数据.批量")),
        ("min(metrics.loss)", Column(Place.METRICS, "loss", Of.MINIMUM)),
        ("MAX( metrics.loss )", Column(Place.METRICS, "loss", Of.MAXIMUM)),
        ("attributes.status", STATUS),
        ("status", STATUS),
        ("summary.and", Column(Place.SUMMARY, "and")),
    ],
)
def test_names_of_columns(text: str, column: Column) -> None:
    assert parse_column(text) == column
    assert parse_column(str(column)) == column


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("params.lr in (1, 'a', true)", Membership(LR, (1.0, "a", True))),
        ("name not like 'x%'", All((Not(Comparison(NAME, Operator.LIKE, "x%")), Not(Absence(NAME))))),
        ("params.lr is not null", Not(Absence(LR))),
        ("name contains 'x'", Comparison(NAME, Operator.CONTAINS, "x")),
        ("metrics.loss<>-.5", Comparison(LOSS, Operator.UNEQUAL, -0.5)),
        ("metrics.loss == '-inf'", Comparison(LOSS, Operator.EQUAL, float("-inf"))),
    ],
)
def test_comparisons(text: str, tree: object) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("", 0, "a column such as metrics.loss"),
        ("metrics.loss < ", 15, "it ends where this is expected: a number, a text in quotes"),
        ("metrics.loss ! 3", 13, "a comparison such as = or <"),
        ("metrics.loss < 3 metrics.acc > 1", 17, "`and`, `or`, the end"),
        ("loss < 3", 0, "there is no column 'loss': write metrics.loss"),
        ("params.a = 1 and status = 3", 26, "status is compared with a text in quotes"),
        ("metrics.loss = 'low'", 15, "compared with a number"),
        ("created_at > '2026-99'", 13, 'a time such as "2026-05-01"'),
        ("id = 'x'", 5, "an identifier"),
        ("metrics.loss like 'a'", 0, "is no text"),
        ("params.a like 1", 0, "wants a text"),
        (r"name like 'a\\'", 0, "backslash"),
        ("min(params.lr) < 1", 0, "only a metric has a min"),
        ("`nothing.x` = 1", 0, "`metrics.a b`"),
        ("name = 'a\0'", 9, "NUL"),
        ("not (name='a' and " * 30 + "name='a'" + ")" * 30, 347, "deeper than 20"),
        ("name='" + "x" * 4000 + "'", 4000, "4000 are allowed"),
    ],
)
def test_errors_say_where_and_what_was_expected(text: str, position: int, said: str) -> None:
    with pytest.raises(LanguageError) as refused:
        parse_filter(text)
    assert said in str(refused.value)
    assert refused.value.position == position


def test_sorting() -> None:
    least = Column(Place.METRICS, "loss", Of.MINIMUM)
    read = parse_sort("min(metrics.loss) desc, params.lr, status ASC")
    assert read == (SortKey(least, descending=True), SortKey(LR), SortKey(STATUS))
    assert parse_sort("") == ()
    with pytest.raises(LanguageError, match="a comma"):
        parse_sort("params.lr params.x")
