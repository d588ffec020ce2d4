"""What a page says about itself: its title, its author, its language and its day."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.load.about import author, language
from index.load.compose import one_line
from index.load.day import iso_day

PERMALINK = re.compile(r"\s*[¶§#🔗]\ufe0e?\s*")  # the text of a link to where it stands itself
# Where pages say when they were published, the surest first.
_DATES = (
    ('meta[property="article:published_time"]', "content"),
    ('[itemprop="datePublished"]', "content"),
    ('[itemprop="datePublished"]', "datetime"),
    ('meta[name="citation_publication_date"]', "content"),
    ('meta[name="dcterms.date" i], meta[name="dc.date" i], meta[name="date" i]', "content"),
    ("time.published, time.entry-date, time[pubdate]", "datetime"),
    ("article time[datetime], header time[datetime], main time[datetime]", "datetime"),
)


def title_of(page: LexborHTMLParser) -> str:
    """The first heading if the page's title holds it ("Heading - Site"), or else that title."""
    headings = [_heading_text(node) for node in page.css("h1")]
    named = page.css_first("head > title")
    social = page.css_first('meta[property="og:title"]')
    title = one_line(named.text()) if named else ""
    social_title = one_line((social.attributes.get("content") or "") if social else "")
    for heading in headings:
        if heading and heading.casefold() in title.casefold():
            return heading
    return social_title or title or next(filter(None, headings), "")


def _heading_text(heading: LexborNode) -> str:
    """Without the link to itself that it may end in."""
    text = heading.text()
    for link in heading.css("a"):
        if PERMALINK.fullmatch(link.text()):
            text = text.rstrip().removesuffix(link.text().strip())
    return one_line(text)


def date_of(page: LexborHTMLParser) -> str | None:
    """The day on which the page says it was published."""
    for selector, attribute in _DATES:
        node = page.css_first(selector)
        day = iso_day(node.attributes.get(attribute)) if node else None
        if day:
            return day
    return None


def author_of(page: LexborHTMLParser) -> str | None:
    """Who the page says wrote it."""
    node = page.css_first('meta[name="author" i], meta[name="dc.creator" i]')
    return author(node.attributes.get("content")) if node else None


def language_of(page: LexborHTMLParser) -> str | None:
    """The language that the page says it is in."""
    root = page.css_first("html")
    attributes = root.attributes if root else {}
    return language(attributes.get("lang") or attributes.get("xml:lang"))
