from random import Random

from qa.latest_sessions import LatestSessions


def test_the_session_used_longest_ago_is_forgotten() -> None:
    kept: LatestSessions[int] = LatestSessions(3)
    for number, session in enumerate("abc"):
        kept[session] = number
    assert kept["a"] == 0  # used again, so b is the one used longest ago
    kept["d"] = 3
    assert list(kept) == ["c", "a", "d"]
    kept["c"] = 5
    kept["e"] = 4
    assert list(kept.items()) == [("d", 3), ("c", 5), ("e", 4)]


def test_looking_whether_a_session_is_there_is_no_use_of_it() -> None:
    kept: LatestSessions[int] = LatestSessions(2)
    kept["a"], kept["b"] = 1, 2
    assert "a" in kept
    assert kept.get("a") == 1
    kept["c"] = 3
    assert list(kept) == ["b", "c"]


def test_a_session_can_be_taken_out() -> None:
    kept: LatestSessions[int] = LatestSessions(2)
    kept["a"], kept["b"] = 1, 2
    assert kept.pop("a", None) == 1
    assert kept.pop("a", None) is None
    kept["c"] = 3
    assert list(kept) == ["b", "c"]


def test_any_uses_against_a_list_in_their_order() -> None:
    random, kept, expected = Random(0), LatestSessions[int](7), list[tuple[str, int]]()
    for step in range(2000):
        session, value = str(random.randrange(12)), step
        if session in dict(expected) and random.random() < 0.5:
            value = dict(expected)[session]
            assert kept[session] == value
        else:
            kept[session] = value
        expected = [pair for pair in expected if pair[0] != session]
        expected = [*expected, (session, value)][-7:]
        assert list(kept.items()) == expected
