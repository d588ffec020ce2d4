"""The collection for language models, asked with the official client over HTTP."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from qa.mcp_server import READ_CHARACTERS
from qa.present import to_json
from tests.browser.browsing import served
from tests.keyword_assistant import CHRONICLE, HOSTILE_NAME, KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
Calls = Callable[[Client], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(KeywordAssistant()) as address:
        yield address


def talk(address: str, calls: Calls) -> Any:
    async def connected() -> Any:
        async with Client(f"{address}/mcp") as client:
            return await calls(client)

    return asyncio.run(connected())


def call(address: str, tool: str, **arguments: object) -> Any:
    return talk(address, lambda client: client.call_tool(tool, arguments))


def test_the_tools(address: str) -> None:
    tools = talk(address, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "read"]
    assert [tool.input_schema["required"] for tool in tools] == [
        ["question"],
        ["query"],
        ["document"],
    ]
    assert all(tool.annotations.read_only_hint for tool in tools)


def test_ask_gives_the_json_of_the_contract(address: str) -> None:
    found = call(address, "ask", question=KEEPER)
    expected = json.loads(json.dumps(to_json(KeywordAssistant().ask(KEEPER))))
    assert found.structured_content == expected
    assert json.loads(found.content[0].text) == expected


def test_search_and_read(address: str) -> None:
    found = call(address, "search", query="penguin feeding", limit=2).structured_content
    assert found["passages"][0]["document"] == "zoo.txt"
    assert len(found["passages"]) == 2
    name, text, start = "town/chronicle.txt", "", 0
    while start < len(CHRONICLE):
        part = call(address, "read", document=name, start=start).structured_content
        assert part["characters"] == len(CHRONICLE)
        assert part["end"] - part["start"] <= READ_CHARACTERS
        text += part["text"]
        start = part["end"]
    assert text == CHRONICLE
    after = call(address, "read", document=name, start=10**9).structured_content
    assert (after["text"], after["start"], after["end"]) == ("", 10**9, 10**9)


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {"question": ""}, "The question is empty; type one."),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": 3}, "question: Input should be a valid string"),
        ("search", {"query": "a", "limit": 51}, "limit: Input should be less than or equal to 50"),
        ("read", {"document": "../../etc/passwd"}, "'../../etc/passwd': no such document"),
        ("read", {"document": "zoo.txt", "start": -1}, "start: Input should be greater"),
        ("delete", {}, "'delete': no such tool; there are ask, search, read"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_model(
    address: str, tool: str, arguments: dict[str, object], message: str
) -> None:
    found = call(address, tool, **arguments)
    assert found.is_error
    assert found.content[0].text.startswith(message)


def test_a_defect_is_not_shown(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, query: str, limit: int, scope: object) -> None:
        raise ZeroDivisionError(f"secret {query}")

    monkeypatch.setattr(KeywordAssistant, "search", broken)
    found = call(address, "search", query="a")
    assert found.is_error
    assert found.content[0].text.startswith("Something went wrong here")


def test_documents_are_resources(address: str) -> None:
    resources = talk(address, lambda client: client.list_resources()).resources
    assert [resource.name for resource in resources] == [
        HOSTILE_NAME,
        "town/chronicle.txt",
        "zoo.txt",
    ]
    text = talk(address, lambda client: client.read_resource(str(resources[1].uri)))
    assert text.contents[0].text == CHRONICLE
    assert talk(address, lambda client: client.read_resource(str(resources[0].uri))).contents


@pytest.mark.parametrize("uri", ["document:///../../etc/passwd", "file:///etc/passwd"])
def test_only_documents_are_resources(address: str, uri: str) -> None:
    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as error:
            await client.read_resource(uri)
        return str(error.value)

    assert "no such document" in talk(address, refused)
