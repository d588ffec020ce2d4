"""A conversation as a file."""

import base64
import json
import re
from datetime import date

from qa.conversation import Exchange, conversation_to_json, conversation_to_markdown
from qa.labels import ENGLISH, KOREAN
from qa.page_menu import file_html
from qa.present import to_json
from tests.keyword_assistant import KeywordAssistant

DAY = date(2026, 1, 31)
KEEPER = "Who was the lighthouse keeper called?"
EXCHANGES = tuple(
    Exchange(answer=KeywordAssistant().ask(question))
    for question in (KEEPER, "How do I *reset* my <b>router</b> password?")
)


def test_markdown_has_questions_words_and_places() -> None:
    assert conversation_to_markdown(EXCHANGES[:1], DAY, ENGLISH) == (
        "# Conversation, 31 January 2026\n\n"
        "## Who was the lighthouse keeper called?\n\n"
        "**Henrietta Marsh** – very likely right (97 %)\n\n"
        "> The lighthouse keeper was called **Henrietta Marsh**.\n\n"
        "1. Chronicle of the town, town/chronicle.txt, page 2, The chronicle\n"
    )
    korean = conversation_to_markdown(EXCHANGES, DAY, KOREAN)
    assert korean.startswith("# 대화, 2026년 1월 31일\n")
    assert "## How do I \\*reset\\* my &lt;b&gt;router&lt;/b&gt; password?" in korean
    assert "문서에 나와 있지 않습니다." in korean


def test_json_has_the_objects_of_the_contract() -> None:
    told = json.loads(conversation_to_json(EXCHANGES))
    wanted = [json.loads(json.dumps(to_json(exchange.answer))) for exchange in EXCHANGES]
    assert told == {"conversation": wanted}


def test_the_file_is_in_the_link() -> None:
    for kind, text in (
        ("json", conversation_to_json(EXCHANGES)),
        ("md", conversation_to_markdown(EXCHANGES, DAY, ENGLISH)),
        (None, conversation_to_markdown(EXCHANGES, DAY, ENGLISH)),
    ):
        link = file_html(EXCHANGES, kind, DAY, ENGLISH)
        (data,) = re.findall(r'href="data:[a-z/]+;charset=utf-8;base64,([^"]+)"', link)
        assert base64.b64decode(data).decode() == text
    assert 'download="conversation-2026-01-31.md"' in link
    nothing = file_html((), "md", DAY, ENGLISH)
    assert "href" not in nothing
    assert "no conversation to save" in nothing
