import pytest

from index.places import PackedPlaces, location_at, packed
from index.types import Place

PLACES = (
    Place(location=(("sheet", "무역"), ("cell", "B7")), start=3, end=5),
    Place(location=(("slide", 2),), start=5, end=9),
    Place(location=(("chapter", 'A "b" {c}'),), start=12, end=2_000_000),
)


def test_packed_places_are_the_same_places() -> None:
    found = PackedPlaces(packed(PLACES))
    assert tuple(found) == PLACES
    assert (len(found), found[-1], found[:2]) == (3, PLACES[2], PLACES[:2])
    assert found == PLACES
    assert (PLACES == found) is True  # noqa: SIM300 - a tuple asks the other side
    assert found != PLACES[:2]
    with pytest.raises(IndexError):
        found[3]


def test_no_places() -> None:
    assert tuple(PackedPlaces(packed(()))) == ()
    assert location_at(PackedPlaces(packed(())), 0) == ()


@pytest.mark.parametrize("position", [0, 2, 3, 4, 5, 8, 9, 11, 12, 1_999_999, 2_000_000])
def test_a_position_is_found_as_by_looking_at_every_place(position: int) -> None:
    holding = [place.location for place in PLACES if place.start <= position < place.end]
    expected = holding[0] if holding else ()
    assert location_at(PackedPlaces(packed(PLACES)), position) == expected


def test_one_position_of_a_million_cells_makes_few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    place = Place(location=(("row", 1), ("column", 1)), start=0, end=1)
    many = [
        Place(location=place.location, start=2 * number, end=2 * number + 1)
        for number in range(100_000)
    ]
    found = PackedPlaces(packed(many))
    read: list[bytes] = []
    loads = json.loads

    def counted(data: bytes) -> object:
        read.append(data)
        return loads(data)

    monkeypatch.setattr(json, "loads", counted)
    assert location_at(found, 150_000) == place.location
    assert len(read) <= 20
