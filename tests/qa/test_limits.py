"""How much one person may ask."""

import pytest

from qa.limits import MinuteLimit, Rate, TooMany


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_is_of_any_time_that_long() -> None:
    clock = Clock()
    rate = Rate(2, 60, clock)
    assert rate.take("a") == 0
    clock.now = 30
    assert rate.take("a") == 0
    assert rate.take("a") == 31
    assert rate.take("b") == 0
    clock.now = 60
    assert rate.take("a") == 0  # the one at 0 is over, that at 30 is not
    assert rate.take("a") == 31


def test_what_is_given_back_is_not_counted() -> None:
    rate = Rate(1, 60, Clock())
    assert rate.take("a") == 0
    rate.give_back("a")
    rate.give_back("never seen")
    assert rate.take("a") == 0
    assert rate.take("a") > 0


def test_memory_is_bounded() -> None:
    rate = Rate(1, 60, Clock())
    for number in range(10_100):
        rate.take(str(number))
    assert len(rate._times) == 10_000
    assert rate.take("10099") > 0


def test_too_many_questions_say_how_long_to_wait() -> None:
    limit = MinuteLimit(1, "question")
    limit.count("a")
    with pytest.raises(TooMany, match=r"1 question in a minute.* try again in \d+ second") as error:
        limit.count("a")
    assert 1 <= error.value.wait_seconds <= 61
    for _ in range(1000):
        MinuteLimit(None, "question").count("a")
