"""The main job as a person does it: the command, the shipped models, files of four formats."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client as GradioClient
from mcp import Client as McpClient
from reportlab.pdfgen.canvas import Canvas

from qa import Assistant
from qa.metrics import f1
from qa.present import to_json
from tests.browser.browsing import served
from tests.fakes import write

pytestmark = pytest.mark.slow

TEXT = """\
Home
Log in
Share

The lighthouse at Sker Point

By Enid Vaughan

The lighthouse at Sker Point was lit for the first time on 4 March 1867, and its keeper was a former
whaler called Tomos Prosser. He lived there with his wife and eleven goats.

The tower is 31 metres high. It was built of granite from the quarry at Penmaen.

Back to top
"""
MARKDOWN = """\
---
title: The harbour railway
---

# The harbour railway

The line from the harbour to the town was **4.5 miles** long. It carried coal until 1932.

## The accident

On 9 June 1911 the engine *Blodwen* left the rails near the mill. The cause was a *broken axle*.
"""
HTML = """\
<!doctype html><title>The school | Sker Parish</title>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>The school</h1><p>The village school was founded in 1878 by Miss Gwenllian Rees, who
taught forty-two children in a single room until she retired.</p></article>
<footer>Contact the parish council</footer>
"""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parish")
    write(folder, {"lighthouse.txt": TEXT, "railway.md": MARKDOWN, "school.html": HTML})
    canvas = Canvas(str(folder / "chapel.pdf"))
    canvas.drawString(72, 700, "The chapel stands on the hill above the village of Sker.")
    canvas.showPage()
    canvas.drawString(72, 700, "Its bell was cast in Bristol and weighs 340 kilograms.")
    canvas.save()
    (folder / "empty.txt").touch()
    collection = tmp_path_factory.mktemp("collection")
    report = qa(collection, "index", str(folder))
    assert {key: report[key] for key in ("added", "failed")} == {
        "added": 4,
        "failed": [{"name": "empty.txt", "reason": report["failed"][0]["reason"]}],
    }
    return collection


def qa(collection: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "qa.cli", *arguments, "--json", "--collection", str(collection)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def assistant(collection: Path) -> Iterator[Assistant]:
    assistant = Assistant.open(collection)
    yield assistant
    assistant.close()


@pytest.mark.parametrize(
    ("question", "answer", "document", "page"),
    [
        ("When was the lighthouse lit for the first time?", "4 March 1867", "lighthouse.txt", None),
        ("How long was the line from the harbour to the town?", "4.5 miles", "railway.md", None),
        ("Who founded the village school?", "Miss Gwenllian Rees", "school.html", None),
        ("How much does the bell of the chapel weigh?", "340 kilograms", "chapel.pdf", 2),
    ],
)
def test_a_question_gets_the_words_and_where_they_stand(
    assistant: Assistant, question: str, answer: str, document: str, page: int | None
) -> None:
    found = assistant.ask(question)
    assert found.status == "answered"
    assert f1(found.text or "", [answer]) >= 0.8
    citation = found.citations[0]
    assert (citation.document, citation.page) == (document, page)
    text = assistant.document(document).text
    assert text[citation.start : citation.end] == citation.quote == found.text


@pytest.mark.parametrize("question", ["How do I reset my router password?", "Who rules Denmark?"])
def test_what_the_documents_do_not_say_is_not_answered(assistant: Assistant, question: str) -> None:
    found = assistant.ask(question)
    assert (found.status, found.text) == ("abstained", None)
    assert found.hits


def test_navigation_is_in_no_passage(assistant: Assistant) -> None:
    hits = assistant.search("home log in news share contact", 50)
    passages = "\n".join(hit.passage.text for hit in hits)
    for words in ("Log in", "Back to top", "News", "Contact the parish council"):
        assert words not in passages


def test_every_way_of_asking_gives_the_same_json(collection: Path, assistant: Assistant) -> None:
    question = "When was the lighthouse lit for the first time?"
    python = json.loads(json.dumps(to_json(assistant.ask(question))))
    assert python["answer"] == "4 March 1867"
    ways = {"command": qa(collection, "ask", question)}
    with served(assistant) as address:
        ways["http"] = httpx.post(f"{address}/api/ask", json={"question": question}).json()
        with closing(GradioClient(address, verbose=False)) as client:
            ways["gradio_client"] = client.predict(question, api_name="/ask")
            markdown = client.predict(question, api_name="/chat")
        ways["mcp"] = asyncio.run(asked_by_mcp(f"{address}/mcp", question))
    for way, said in ways.items():
        assert {**said, "timings_ms": None} == {**python, "timings_ms": None}, way
    assert "4 March 1867" in markdown


async def asked_by_mcp(address: str, question: str) -> Any:
    async with McpClient(address) as client:
        return (await client.call_tool("ask", {"question": question})).structured_content


def test_the_command_finds_the_collection_whole(collection: Path) -> None:
    assert qa(collection, "check") == {"problems": []}
