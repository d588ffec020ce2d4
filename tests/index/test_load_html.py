"""HTML to what a browser would show."""

import pytest

from index.load import load
from index.types import Content

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


def test_tables_of_data_and_of_layout() -> None:
    data = "<table><tr><th>Day<th>Hours<tr><td>Mon<td><b>9</b> to 5<tr><td>Tue<td></table>"
    assert page(data).text == "Day | Hours\nMon | 9 to 5\nTue"
    layout = f"<table><tr><td><p>{PROSE[0]}</p><p>{PROSE[1]}</p></td><td>side</td></tr></table>"
    assert page(layout).text == f"{PROSE[0]}\n\n{PROSE[1]}\n\nside"
    nested = f"<table><tr><td>left</td><td>{data}</td></tr></table>"
    assert page(nested).text == "left\n\nDay | Hours\nMon | 9 to 5\nTue"


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
    ],
)
def test_what_only_looks_like_the_site_stays(element: str) -> None:
    article = "".join(f"<p>{sentence}</p>" for sentence in (*PROSE, *MORE))
    content = page(f"<h1>Ferry</h1>{article}{element.format('Some words')}<p>The end.</p>")
    assert not [found for found in words(content, "navigation") if "Some words" in found]


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
