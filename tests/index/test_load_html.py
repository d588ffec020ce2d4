"""HTML to what a browser would show."""

import pytest

from index.load import load
from index.places import location_at
from index.types import Content
from tests.index.load_checks import loaded, location_of

PROSE = (
    "The ferry to the island runs every day of the year, and in summer it runs twice as often.",
    "Tickets are sold at the pier and on board, and children under six years of age travel free.",
)

MORE = tuple(sentence.replace("ferry", "bus").replace("pier", "stop") for sentence in PROSE)


def page(body: str, head: str = "") -> Content:
    return load("a.html", f"<!doctype html><head>{head}</head><body>{body}".encode())


def words(content: Content, parts: str) -> list[str]:
    return [content.text[r.start : r.end] for r in getattr(content, parts)]


def test_blocks() -> None:
    content = page(
        "<h1>The <i>ferry</i><a href=#x>¶</a></h1><p>One\n two<br>three&nbsp;four</p>"
        "<ul><li>red<li><p>green</p></ul><ol start=3><li>c<li>d</ol>"
        "<pre>\nif x:\n    y\n</pre><div>bare <b>w</b>ords<p>next</div>tail"
    )
    assert content.text == (
        "The ferry\n\nOne two\nthree four\n\n- red\n- green\n\n3. c\n4. d\n\n"
        "if x:\n    y\n\nbare words\n\nnext\n\ntail"
    )
    assert words(content, "headings") == ["The ferry"]


def entries(content: Content) -> list[tuple[int, str, str]]:
    """The level, name and scope of the entries of definition lists."""
    return [
        (h.level, content.text[h.start : h.end], content.text[h.start : h.until])
        for h in content.headings
        if h.until is not None
    ]


def test_terms_stand_over_their_definitions_and_no_further() -> None:
    content = page(
        "<h2>Tickets</h2><dl><dt>boat.<b>sell</b>(price, *, child=False)<a href=#s>¶</a></dt>"
        "<dd><p>Sells one.<dl><dt>price<dt>cost<dd>In euros.</dl><p>Never two.</dd>"
        "<dt>day return</dt><dd></dd></dl><p>After."
    )
    assert content.text == (
        "Tickets\n\nboat.sell(price, *, child=False)\n\nSells one.\n\nprice\n\ncost\n\n"
        "In euros.\n\nNever two.\n\nday return\n\nAfter."
    )
    sell = content.text[content.text.index("boat") : content.text.index("\n\nday return")]
    assert entries(content) == [
        (7, "boat.sell", sell),
        (8, "price", "price"),
        (8, "cost", "cost\n\nIn euros."),
        (7, "day return", "day return"),
    ]


@pytest.mark.parametrize(
    "terms",
    [
        "<dt>Mon<dt>Tue",
        "<dd>Mon<dd>Tue",
        f"<dt>{PROSE[0]} {PROSE[1]}<dd>Mon",
        "<dt>12<dd>Mon",
        "<dt>Mon<br>Tue<dd>Wed",
    ],
)
def test_terms_that_only_lay_out_a_page_are_no_entries(terms: str) -> None:
    assert entries(page(f"<dl>{terms}</dl><p>After.")) == []


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("class csv.Dialect(name, *, strict=False)", "class csv.Dialect"),
        ("sys.maxsize", "sys.maxsize"),
        ("-c <command>", "-c <command>"),
        ("How do I ever call f(x)?", "How do I ever call f(x)?"),
        ("RAID (hard disks)", "RAID (hard disks)"),
        ("Returns:", "Returns"),
    ],
)
def test_the_name_of_a_term(term: str, name: str) -> None:
    escaped = term.replace("<", "&lt;")
    assert [found for _, found, _ in entries(page(f"<dl><dt>{escaped}<dd>x</dl>"))] == [name]


def test_links_to_where_they_stand_are_dropped() -> None:
    content = page(
        "<h2>C#<a href=#c>#</a></h2><p>A line.<a href=#a> ¶ </a> More <a href=#b>§</a>9."
        "<p>Figure 1<a href=#f><span>🔗</span></a><p><a href=#1># 1</a>"
    )
    assert content.text == "C#\n\nA line. More 9.\n\nFigure 1\n\n# 1"
    assert page("<h1>C#<a href=#x>¶</a></h1>", "<title>C# - Site</title>").title == "C#"


def test_links_side_by_side_stand_apart() -> None:
    assert page("<p><a href=a>About</a><a href=b>Sign in</a>, <a>a</a>b<a>c</a>").text == (
        "About Sign in, abc"
    )
    assert page("<nav><button>Yes</button><button>No</button></nav>").text == "Yes No"
    assert page("<pre><a>get</a><a>Name</a></pre>").text == "getName"


def test_tables_of_data_and_of_layout() -> None:
    data = "<table><tr><th>Day<th>Hours<tr><td>Mon<td><b>9</b> to 5<tr><td>Tue<td></table>"
    assert page(data).text == "Day | Hours\nDay: Mon | Hours: 9 to 5\nDay: Tue"
    layout = f"<table><tr><td><p>{PROSE[0]}</p><p>{PROSE[1]}</p></td><td>side</td></tr></table>"
    assert page(layout).text == f"{PROSE[0]}\n\n{PROSE[1]}\n\nside"
    nested = f"<table><tr><td>left</td><td>{data}</td></tr></table>"
    assert page(nested).text == "left\n\nDay | Hours\nDay: Mon | Hours: 9 to 5\nDay: Tue"


def test_what_a_page_does_not_show_is_not_in_the_text() -> None:
    body = (
        "<script>s</script><style>t</style><template>u</template><noscript>v</noscript><!-- w -->"
        "<svg><text>x</text></svg><p hidden>y<p style='color:red; display: none'>z"
        "<p hidden=until-found>found</p><details><summary>more</summary>inside</details>"
    )
    assert page(body).text == "found\n\nmore\n\ninside"


@pytest.mark.parametrize(
    "element",
    [
        "<nav>{}</nav>",
        "<footer>{}</footer>",
        "<aside>{}</aside>",
        "<form>{}</form>",
        "<button>{}</button>",
        "<div role=navigation>{}</div>",
        "<div role=contentinfo>{}</div>",
        "<div class='box cookie-banner'>{}</div>",
        "<div class=shareButtons>{}</div>",
        "<ul id=main-menu><li>{}</ul>",
        "<div class=breadcrumbs>{}</div>",
        "<div class=eucookie>{}</div>",
        "<div class=overlay-cookie>{}</div>",
        "<div id=colophon class=site-footer>{}</div>",
        "<p class=yoast-breadcrumbs><a href=x>{}</a></p>",
        "<div class=bc><a href=x>{}</a></div>",
        "<section id=comments><p>{}</section>",
    ],
)
def test_parts_of_the_site_are_navigation(element: str) -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
    content = page(f"{element.format('Some words')}<h1>Ferry</h1>{article}")
    assert [found.strip("- ") for found in words(content, "navigation")] == ["Some words"]
    assert content.text.endswith("\n\n".join(PROSE))


@pytest.mark.parametrize(
    "element",
    [
        "<div class=main-menu-less-article>{}</div>",
        "<div class=cookies-recipe>{}</div>",
        "<article><footer>{}</footer></article>",
        "<p>Press <button>{}</button> to go on",
        "<h2><button>{}</button></h2>",
        "<aside>" + PROSE[0] + "<p>{}</aside>",
        "<div class=menu><p>" + PROSE[0] + "<p>{}</div>",
        "<li class=share>{}</li>",
        "<article><div class=footer>{}</div></article>",
        "<div class=bc>{}</div>",
        "<p class=comment>{}</p>",
        "<aside class=note>{}</aside>",
        "<aside class='footnote-list brackets'><aside role=note>{}</aside></aside>",
        "<div class=sidebar><div>{} "
        + PROSE[0].replace(" day of", " day: really every day of")[:-1]
        + ":<pre>09:00\n12:00</pre></div></div>",
        "<div class=sidebar><p>{} " + PROSE[0] + " It leaves at:<pre>09:00</pre></div>",
        "<div id=left><p>{}<ul><li>of links<li><a href=x>a</a></ul></div>",
        "<aside class=sidebar><p>{}<pre>from ferry import boat</pre></aside>",
        "<div class=sidebar><div>{} say that restrictions can be set up, so that only a few people"
        " on the island can see when the boats are full, when they leave and who has taken them,"
        " and so that nobody else reads what the books of the ferries' port say</div></div>",
        "<section id=comments><h3>2.1.3. Comments<a href='#comments'>¶</a></h3><p>{}</section>",
    ],
)
def test_what_only_looks_like_the_site_stays(element: str) -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in (*PROSE, *MORE))
    content = page(f"<h1>Ferry</h1>{article}{element.format('Some words')}<p>The end.</p>")
    assert not [found for found in words(content, "navigation") if "Some words" in found]


@pytest.mark.parametrize(
    "name", ["id=left", "class=page-tools", "class=also", "id=jp-relatedposts"]
)
def test_lists_of_links_by_the_name_of_their_box(name: str) -> None:
    links = "".join(f"<li><a href=x>To {island}</a>" for island in ("Aran", "Skye", "Mull"))
    article = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
    content = page(f"<div {name}><b>See</b><ul>{links}</ul></div><h1>Ferry</h1>{article}")
    assert words(content, "navigation") == ["See\n\n- To Aran\n- To Skye\n- To Mull"]


def test_a_page_whose_only_prose_is_its_footer_keeps_its_menus_apart() -> None:
    content = page(
        f"<nav>Menu</nav><h1>Islands</h1>{'<p>Aran' * 30}<div class=footer><p>{PROSE[0]}</div>"
    )
    assert words(content, "navigation") == ["Menu", PROSE[0]]


def test_a_page_that_is_all_menu_or_form_is_read_as_text() -> None:
    content = page(f"<form id=aspnet><p>{PROSE[0]}</p><p>{PROSE[1]}</p></form>")
    assert content.navigation == ()
    content = page("<nav><a href=a>One</a><a href=b>Two</a></nav>")
    assert content.navigation == ()


def test_a_run_of_links_with_an_interface_phrase_around_the_prose() -> None:
    menu = "".join(f"<a href=x>{word}</a><br>" for word in ("Boats", "Prices", "Log in"))
    links = "".join(f"<li><a href=x>{word}</a>" for word in ("Aran", "Skye", "Mull"))
    article = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
    content = page(f"{menu}<h1>Ferry</h1>{article}<h2>Islands</h2><ul>{links}</ul>")
    assert words(content, "navigation") == ["Boats\nPrices\nLog in"]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ferry &amp; pier - The Site</title>", "<h1>Ferry &amp; pier</h1>", "Ferry & pier"),
        ("<title>The Site</title>", "<h1>Other</h1>", "The Site"),
        ("<title>X</title><meta property=og:title content='Ferry'>", "<h1>Y</h1>", "Ferry"),
        ("", "<h1>Ferry</h1>", "Ferry"),
        ("<title> </title>", "<p>words", "words"),
    ],
)
def test_titles(head: str, body: str, title: str) -> None:
    assert page(body, head).title == title


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("euc-kr", "cp949"), ("ks_c_5601-1987", "cp949"), ("utf-8", "utf-8"), ("hex", "utf-8")],
)
def test_declared_encodings(declared: str, encoding: str) -> None:
    text = "섬으로 가는 배는 매일 다닌다"
    html = f'<meta http-equiv=x content="text/html; charset={declared}"><p>{text}'
    assert load("a.html", html.encode(encoding)).text == text


def test_latin1_means_windows_1252_as_in_browsers() -> None:
    html = "<meta charset=iso-8859-1><p>“Café” – 5 €"
    assert load("a.html", html.encode("cp1252")).text == "“Café” – 5 €"


def test_very_deep_nesting() -> None:
    content = load("a.html", ("<div>" * 100_000 + "deep" + "</div>" * 100_000 + "after").encode())
    assert content.text == "deep\n\nafter"


def test_half_characters_and_headings_of_menus() -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in PROSE)
    content = page(f"<h1>&#xD800;x</h1>{article}<nav><h2>Menu</h2></nav>")
    assert words(content, "headings") == ["\ufffdx"]


def test_cells_are_located() -> None:
    body = (
        "<nav><table><tr><td>Home<td>Up</table></nav><table><tr><td>alone</table>"
        "<table><caption>Ports</caption><thead><tr><td><td colspan=2>Trade<tr><td>Port<td>In<td>Out"
        "<tbody><tr><th>Busan<td>1.5<td>2.5<tr><td colspan=3>Russia<tr><td rowspan=2>Nakhodka"
        "<td>3.5<td>4.5<tr><td>5.5<td>6.5</table>"
        "<table><tr><td>left<td><table><tr><th>A<th>B<tr><td>x<td>y</table><tr><td>p<td>q</table>"
        f"<p>{PROSE[0]}</p>"
    )
    content = loaded("a.html", f"<body>{body}</body>".encode())
    assert content.text == (
        "Home | Up\n\nalone\n\nPorts\n\nTrade\nPort | In | Out\n"
        "Port: Busan | Trade In: 1.5 | Trade Out: 2.5\nRussia\n"
        "Port: Nakhodka | Trade In: 3.5 | Trade Out: 4.5\nTrade In: 5.5 | Trade Out: 6.5\n\n"
        f"left\n\nA | B\nA: x | B: y\n\np | q\n\n{PROSE[0]}"
    )
    for words_, table, row, column in (
        ("Busan", 1, 3, 1),
        ("Trade Out: 2.5", 1, 3, 3),
        ("Russia", 1, 4, 1),
        ("Nakhodka", 1, 5, 1),
        ("4.5", 1, 5, 3),
        ("5.5", 1, 6, 2),
        ("6.5", 1, 6, 3),
        ("A: x", 2, 2, 1),
        ("y", 2, 2, 2),
        ("q", 3, 2, 2),
    ):
        location = {"table": table, "row": row, "column": column}
        start = content.text.index("A: x") if words_ in "yq" else 0
        assert dict(location_at(content.places, content.text.index(words_, start))) == location
    assert location_of(content, "alone") == {}
    assert location_of(content, "Home") == {}


def test_blank_cells_between_others() -> None:
    content = loaded("a.html", b"<table><tr><td>a<td> <td><td>c<td>d<tr><td><td>x<td></table>")
    assert content.text == "a | | | c | d\nx"
    assert location_of(content, "c") == {"table": 1, "row": 1, "column": 4}
    assert location_of(content, "x") == {"table": 1, "row": 2, "column": 2}


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "99999999999", "²"])
def test_absurd_spans(span: str) -> None:
    data = f"<table><tr><th>A<th>B<tr><td colspan={span!r} rowspan={span!r}>x<td>y</table>"
    assert "x" in loaded("a.html", data.encode()).text


def test_names_with_values_are_no_heads() -> None:
    data = "<table><tr><th colspan=2>Kim Han<tr><th>Born<td>1990<tr><th>Place<td>Jeju</table>"
    assert page(data).text == "Kim Han\nBorn | 1990\nPlace | Jeju"
