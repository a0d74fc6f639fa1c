import pytest

from emigrate.foundation.http.deadline import Deadline


@pytest.mark.parametrize(
    ("at", "timeout", "expected"),
    [(None, 5.0, 5.0), (110.0, 5.0, 5.0), (103.0, 5.0, 3.0), (103.0, None, 3.0)],
)
def test_a_timeout_is_cut_to_what_is_left(at, timeout, expected):
    deadline = Deadline(lambda: 100.0)
    deadline.at = at

    assert deadline.shorten(timeout, TimeoutError) == expected


@pytest.mark.parametrize("at", [100.0, 99.0])
def test_nothing_is_left_at_and_after_the_deadline(at):
    deadline = Deadline(lambda: 100.0)
    deadline.at = at

    with pytest.raises(TimeoutError):
        deadline.shorten(5.0, TimeoutError)
