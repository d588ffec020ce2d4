"""Invented tables with twenty questions each, for formats that are made of rows."""

from dataclasses import dataclass

from tests.formats.texts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A row of heads, rows, and a question a column for the name in the first one."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]

    def facts(self, first: int = 0, count: int = 20) -> list[Fact]:
        """`count` questions: those of the rows from the one after `first` others on."""
        facts = [
            Fact(
                question=question.format(row[0]),
                answer=row[column - 1],
                holder=row[column - 1],
                section=1,
                heading=self.name,
                row=number,
                column=column,
            )
            for number, row in enumerate(self.rows[1:], 2)
            for column, question in enumerate(self.questions, 2)
        ]
        return facts[first : first + count]


def _table(name: str, questions: tuple[str, ...], lines: str) -> Table:
    rows = tuple(tuple(line.split(", ")) for line in lines.strip().splitlines())
    return Table(name=name, rows=rows, questions=questions)


HUTS = _table(
    "Huts",
    (
        "When was the {} hut opened?",
        "How many beds does the {} hut have?",
        "Who is the warden of the {} hut?",
        "In which valley is the {} hut?",
    ),
    """
Hut, Opened, Beds, Warden, Valley
Stierberg, 1887, 42, Leni Accola, Val Mora
Rotspitz, 1902, 18, Gian Battaglia, Plattental
Schwarzhorn, 1926, 64, Ursina Denoth, Val Tschitta
Kreuzjoch, 1951, 30, Peder Könz, Schlappin
Windegg, 1894, 55, Armon Vital, Val Plavna
Gletscherblick, 1979, 120, Seraina Pult, Fondei
""",
)
FERRIES = _table(
    "Ferries",
    (
        "Where was the ferry {} built?",
        "How many cars does the ferry {} carry?",
        "Who is the captain of the ferry {}?",
        "Which route does the ferry {} serve?",
    ),
    """
Ferry, Built at, Cars, Captain, Route
Sula, Ulsteinvik, 48, Kari Heggem, Solevåg to Festøya
Gloppen, Tomrefjord, 120, Arne Silden, Anda to Lote
Tustna, Kleven, 35, Berit Gjøen, Aukra to Hollingsholm
Fannefjord, Gdansk, 128, Oddvar Sætre, Molde to Vestnes
Stordal, Fosen, 76, Magnhild Aure, Linge to Eidsdal
""",
)
APPLES = _table(
    "Apples",
    (
        "Where was the apple {} raised?",
        "When is the apple {} picked?",
        "What does the apple {} taste of?",
        "Until when does the apple {} keep?",
    ),
    """
Apple, Raised in, Picked, Taste, Keeps until
Hollow Core, Norfolk, late August, quince, October
Peasgood, Grantham, mid September, sherbet, December
Ashmead, Gloucester, early October, pear drops, February
Keswick, Ulverston, July, gooseberry, September
Orleans, Normandy, mid October, walnut, March
""",
)
BELLS = _table(
    "Bells",
    (
        "Who cast the bell {}?",
        "When was the bell {} cast?",
        "How much does the bell {} weigh?",
        "Which note does the bell {} sound?",
    ),
    """
Bell, Cast by, Cast in, Weight, Note
Old Susanna, Hans Sievert, 1487, 3.2 tonnes, A flat
Little Anna, Brothers Grassmayr, 1922, 180 kg, F sharp
Thundering Peter, Melchior Raub, 1611, 5.7 tonnes, E natural
Maria Gloriosa, Gerhard Wou, 1497, 11.4 tonnes, low E
Poor Sinner, Unknown monk, 1340, 640 kg, C sharp
""",
)
BRIDGES = _table(
    "Bridges",
    (
        "Who designed {}?",
        "When was {} opened?",
        "How long is {}?",
        "Which river does {} cross?",
    ),
    """
Bridge, Designed by, Opened, Length, River
Weavers Bridge, Adela Finch, 1838, 97 metres, Ouseburn
Tollgate Bridge, Rufus Akers, 1871, 214 metres, Lower Wend
Lantern Bridge, Ines Corvalho, 2006, 58 metres, Mill Leat
Quarry Viaduct, Theobald Crane, 1864, 402 metres, Upper Wend
Friars Bridge, Simon Mason, 1349, 41 metres, Tarn Beck
""",
)
SLEDGES = _table(
    "Sledges",
    (
        "Who built the sledge {}?",
        "How long is the sledge {}?",
        "When was the sledge {} built?",
        "Where is the sledge {} kept?",
    ),
    """
Sledge, Built by, Length, Built in, Kept at
Snow Petrel, Aino Kallas, 3.4 metres, 1911, Vardø Museum
Long Jenny, Tom Hurley, 4.1 metres, 1928, Hobart
Old Faithful, Sverre Mohn, 2.9 metres, 1899, Skien
Blue Fox, Nuka Petersen, 2.2 metres, 1964, Nuuk Cathedral
Windlass, Edith Boole, 3.8 metres, 1947, Dundee Harbour
""",
)
