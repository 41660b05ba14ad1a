import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.storage.ranges import RangeNotSatisfiable, Span, span


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", Span(0, 1)),
        ("bytes=2-5", Span(2, 6)),
        ("bytes=2-", Span(2, 10)),
        ("bytes=2-99", Span(2, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-99", Span(0, 10)),
        (" Bytes = 0 - 9 ", Span(0, 10)),
        # No range, several, or of another unit: the whole is a right answer.
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=1" + 99 * "0" + "-", None),
        ("bytes=١-٢", None),
    ],
)
def test_what_is_asked(header: str | None, expected: Span | None) -> None:
    assert span(header, 10) == expected


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=-0", 10), ("bytes=0-", 0), ("bytes=-1", 0)])
def test_what_is_not_there(header: str, size: int) -> None:
    with pytest.raises(RangeNotSatisfiable) as error:
        span(header, size)
    assert error.value.headers == {"Content-Range": f"bytes */{size}"}


@given(st.text(max_size=40), st.integers(0, 1000))
def test_no_header_asks_for_what_is_outside(header: str, size: int) -> None:
    try:
        found = span(f"bytes={header}", size)
    except RangeNotSatisfiable:
        return
    assert found is None or 0 <= found.start < found.end <= size
