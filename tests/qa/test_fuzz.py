"""Inputs of all kinds by every way in: none ends in a defect's traceback, in status 500, or never.

Some 300 on every change, 20,000 in `make soak`; all from one seed.
"""

import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import index.embed
import qa.answer
from index.errors import InputError
from qa.answer import Assistant
from qa.cli import _parser, main
from qa.confidence import UNFITTED
from qa.gold import read_gold
from qa.page import Page
from qa.read import ExtractiveReader
from qa.service import build_app
from qa.squad import read_squad
from qa.view import View
from qa.visible import Visible
from tests.event_loop import in_event_loop
from tests.fakes import NumberReader, WordEmbedder
from tests.small_collection import FILES, small_collection

SEED = 7
HANG_SECONDS = 60  # for one input; the slowest take a second
QUICK = {"http": 130, "chat": 60, "mcp": 40, "arguments": 40, "gold": 40}
SOAK = {"http": 9_000, "chat": 4_000, "mcp": 3_000, "arguments": 2_000, "gold": 2_000}
TIMES = [
    pytest.param(QUICK, id="quick"),
    pytest.param(SOAK, id="soak", marks=pytest.mark.soak),
]
PDF = Path(__file__).parents[2] / "docs" / "sample" / "deportation-1937.pdf"

TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "", " ", "When was the iron bridge opened?", "bridge.txt", "town/ferry.txt", "book.pdf",
            "../../etc/passwd", "/etc/passwd", "C:\\x", "a\0b", "\x1b[31m", "\u202e", "\ud800",
            "${x}", "{{x}}", "{0}", "%s%n", "<script>alert(1)</script>", "'; DROP TABLE notes; --",
            'field:"a" AND (', "a* OR [b TO c]", "+" * 40, '"' * 41, "\\" * 41, "N" * 1_001,
            "why " * 400, "é" * 999, "한국 " * 60, "🏴" * 50, "٣" * 20, "9" * 4_400, "1e999",
            "http://127.0.0.1:1/", "file:///etc/passwd", "it its he she there then " * 20,
        ]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(), st.sampled_from([0, -1, 2**31, 2**63, 2**64, 10**300]), st.floats()
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
TURNS = st.lists(
    st.fixed_dictionaries({"question": TEXTS, "answer": TEXTS | st.none()}), max_size=3
)
BYTES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"", b"{", b"null", b"[" * 30_000, b'{"a":' * 9_000, b"\xff" * 100]),
)


def tried(times: int, strategy: Any, check: Callable[[Any], None]) -> None:
    """Checks so many inputs. One that takes too long fails, though its thread goes on."""
    with ThreadPoolExecutor(1) as thread:

        @seed(SEED)
        @settings(
            max_examples=times,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def attempt(value: Any) -> None:
            thread.submit(check, value).result(HANG_SECONDS)

        attempt()


def fields(**known: Any) -> Any:
    """Objects with these fields, each of them missing, right, or anything."""
    return st.fixed_dictionaries(
        {}, optional={name: kind | JSON for name, kind in known.items()}
    ) | st.builds(lambda body, more: {**more, **body}, st.fixed_dictionaries(known), JSON_OBJECT)


JSON_OBJECT = st.dictionaries(TEXTS, JSON, max_size=2)


def sent(body: Any) -> bytes:
    """As JSON, halves of characters and numbers that JSON hasn't included."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


# --- a running service ---


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "papers").mkdir()
    (folder / "papers" / "book.pdf").write_bytes(PDF.read_bytes())
    with small_collection(folder, FILES) as assistant:
        yield assistant


@pytest.fixture(scope="module")
def app(assistant: Assistant) -> FastAPI:
    return in_event_loop(lambda: build_app(assistant, (), None, assistant.uploads()))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(
        app,
        "http://127.0.0.1",
        client=("127.0.0.1", 5),
        raise_server_exceptions=False,
        follow_redirects=False,
    ) as running:
        yield running


def require_sound(answer: Any, told: object) -> None:
    """No defect, and what is refused is said in one line."""
    assert answer.status_code < 500, (told, answer.text[:500])
    assert "Traceback" not in answer.text, told
    is_json = answer.headers.get("content-type") == "application/json"
    if answer.status_code >= 400 and is_json and answer.text:  # HEAD has none
        said = answer.json()
        line = said.get("error", said.get("detail"))
        assert line, told
        if isinstance(line, str):
            assert "\n" not in line, told


BODIES = {
    "/api/ask": fields(
        question=TEXTS,
        history=TURNS,
        documents=st.none() | st.lists(TEXTS, max_size=3),
        precision=st.none() | st.floats(0.5, 0.99),
    ),
    "/api/search": fields(query=TEXTS, limit=st.integers(-1, 101)),
}
CALL = fields(
    data=st.lists(TEXTS | st.none() | TURNS, max_size=4),
    fn_index=st.integers(0, 12),
    session_hash=st.text("abc-", min_size=1, max_size=3),
    event_data=st.none()
    | fields(
        document=TEXTS,
        start=st.integers(),
        end=st.integers(),
        page=st.integers(),
        version=TEXTS,
        as_text=st.booleans(),
        exchange=TEXTS,
        verdict=st.sampled_from(["up", "down", "correction"]),
        correction=TEXTS,
        kind=TEXTS,
        question=TEXTS,
    ),
    trigger_id=st.integers(),
)
QUERY = st.dictionaries(
    st.sampled_from(["document", "page", "session_hash", "lang", "next", "deep_link", "view"])
    | TEXTS,
    TEXTS | st.sampled_from(["1", "0", "2", "99999", "-1"]),
    max_size=3,
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        name: st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
        for name in ("Accept-Language", "Authorization", "Content-Type", "If-None-Match", "Cookie")
    },
)
# Open for as long as its page is; without an end, there is nothing to wait for.
ENDLESS = re.compile(r"/gradio_api/(heartbeat|dev/reload|queue/data)")


def operations(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of all that our schema has, and Gradio's."""
    found = {
        (method.upper(), path)
        for schema in (app.openapi(), app.state.page.openapi())
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert found >= {
        ("POST", "/api/ask"),
        ("DELETE", "/api/documents"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/{api_name}"),
        ("POST", "/gradio_api/upload"),
    }
    return sorted({*found, ("POST", "/mcp"), ("GET", "/{x}"), ("PUT", "/{x}")})


def requests(app: FastAPI) -> Any:
    """Requests to all of them; of those with a body every second, since there more can be wrong."""
    found = operations(app)
    posts = [operation for operation in found if operation[0] == "POST"]
    parts = TEXTS | st.sampled_from(["ask", "chat", "predict", "1", "x.js", ".."])
    chosen = st.sampled_from(found) | st.sampled_from(posts)
    return st.tuples(
        chosen, st.lists(parts, min_size=4, max_size=4), QUERY, HEADERS, BYTES | JSON | CALL
    ).flatmap(
        lambda drawn: st.tuples(
            *map(st.just, drawn[:4]),
            BODIES.get(drawn[0][1], st.just(drawn[4])) if drawn[0][0] == "POST" else st.just(b""),
        )
    )


def filled(path: str, parts: Sequence[str]) -> str:
    left = cycle(parts)
    return re.sub(
        r"{[^}]*}", lambda _: quote(next(left).encode("utf-8", "surrogatepass"), safe="/."), path
    )


@pytest.mark.parametrize("times", TIMES)
def test_requests(app: FastAPI, client: TestClient, times: dict[str, int]) -> None:
    def check(drawn: Any) -> None:
        (method, path), parts, query, headers, body = drawn
        address = filled(path, parts)
        if ENDLESS.match(address) and method in ("GET", "HEAD"):
            return
        given = {
            quote(key.encode("utf-8", "surrogatepass")): value.encode("utf-8", "replace").decode()
            for key, value in query.items()
        }
        told = (method, address, given, headers, body)
        if method == "GET" and path == "/gradio_api/call/{api_name}/{event_id}":
            address = f"/gradio_api/call/ask/{'0' * 32}"  # one that is over, or never was
        answer = client.request(method, address, params=given, headers=headers, content=sent(body))
        require_sound(answer, told)

    tried(times["http"], requests(app), check)


@pytest.mark.parametrize("times", TIMES)
def test_messages(assistant: Assistant, client: TestClient, times: dict[str, int]) -> None:
    """Through what the page calls, and through Gradio's calls."""
    page = Page(Visible(assistant, ""), ())

    def on_the_page(drawn: Any) -> None:
        questions, ticks = drawn
        exchanges: Any = ()
        for question in questions:
            seen = list(page.answer(question, exchanges, View(), chosen=ticks))
            exchanges = seen[-1][3]
            html = seen[-1][0]
            assert "<script" not in html
            assert "Something went wrong" not in html, drawn
            html.encode("utf-8", "replace")

    ticked = st.none() | TEXTS | st.builds(json.dumps, fields(only=st.lists(TEXTS), without=JSON))
    spoken = st.tuples(st.lists(TEXTS, min_size=1, max_size=3), ticked)
    tried(times["chat"] // 2, spoken, on_the_page)

    def by_a_call(drawn: Any) -> None:
        name, data = drawn
        joined = client.post(f"/gradio_api/call/{name}", content=sent({"data": data}))
        require_sound(joined, drawn)
        if joined.status_code == 200:
            event = joined.json()["event_id"]
            said = client.get(f"/gradio_api/call/{name}/{event}").text
            assert re.match(r"event: (complete|error)\n", said), (drawn, said)
            assert "Traceback" not in said
            if said.startswith("event: error"):
                told = json.loads(said.partition("data: ")[2])
                assert told["error"], drawn  # null where something broke
                assert "\n" not in told["error"]

    names = st.sampled_from(["ask", "chat"])
    tried(times["chat"] // 2, st.tuples(names, st.tuples(TEXTS, TURNS | JSON)), by_a_call)


MCP_ARGUMENTS = fields(
    question=TEXTS,
    query=TEXTS,
    limit=st.integers(-1, 51),
    document=TEXTS,
    start=st.integers(),
)
MCP_BODY = fields(
    jsonrpc=st.just("2.0"),
    id=st.integers(0, 99),
    method=st.sampled_from(
        ["tools/call", "tools/call", "tools/list", "resources/read", "resources/list", "ping",
         "initialize", "prompts/list", "notifications/initialized", "logging/setLevel"]
    ),
    params=fields(
        name=st.sampled_from(["ask", "search", "read", "gone"]),
        arguments=MCP_ARGUMENTS,
        uri=st.builds("document:///{}".format, TEXTS),
        cursor=TEXTS,
    ),
)  # fmt: skip


@pytest.mark.parametrize("times", TIMES)
def test_language_models(client: TestClient, times: dict[str, int]) -> None:
    def check(drawn: Any) -> None:
        body, accept = drawn
        answer = client.post("/mcp", content=sent(body), headers={"Accept": accept})
        require_sound(answer, drawn)
        assert "Something went wrong" not in answer.text, drawn

    accepted = st.sampled_from(
        ["application/json, text/event-stream"] * 4 + ["", "*/*", "text/css"]
    )
    tried(times["mcp"], st.tuples(MCP_BODY | BYTES, accepted), check)


# --- the command ---

WORDS = sorted(
    {
        option
        for action in _parser()._actions
        for name, command in (getattr(action, "choices", None) or {}).items()
        for option in [name, *(o for a in command._actions for o in a.option_strings)]
    }
)


@pytest.fixture
def command_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands are run: with files of several kinds, and nothing that would do harm."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(index.embed, "open_embedder", WordEmbedder)
    monkeypatch.setattr(qa.answer, "open_embedder", WordEmbedder)
    monkeypatch.setattr(ExtractiveReader, "load", lambda _: NumberReader())
    monkeypatch.setattr(qa.answer, "load_confidence", lambda *_: UNFITTED)
    monkeypatch.setattr("qa.serve.serve", lambda *_, **__: None)
    monkeypatch.setattr("getpass.getpass", lambda *_: "correct horse")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.delenv("QA_COLLECTION", raising=False)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "bridge.txt").write_text("The iron bridge was opened in 1901.")
    (tmp_path / "gold.jsonl").write_text(
        '{"id": "1", "question": "When?", "answers": ["1901"], "documents": ["bridge.txt"]}\n'
    )
    (tmp_path / "bytes").write_bytes(bytes(range(256)))
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert main(["index", "papers", "--collection", "there"]) == 0
    return tmp_path


@pytest.mark.parametrize("times", TIMES)
def test_arguments(command_folder: Path, times: dict[str, int]) -> None:
    def check(arguments: list[str]) -> None:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")  # as strict as a terminal's
        err = io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(arguments)
            except SystemExit as done:  # --help
                status = int(done.code or 0)
                assert status == 0, arguments
        assert status in (0, 1, 2), arguments
        assert "Traceback" not in err.getvalue(), arguments
        if status == 2:
            last = err.getvalue().splitlines()[-1]
            assert last.startswith("qa: "), (arguments, err.getvalue())

    things = ["papers", "there", "gold.jsonl", "bytes", "nowhere", "0.5", "3", "-1", "f1=0.8"]
    # No path that leads out of the folder, and no training, which takes its time.
    words = st.one_of(
        st.sampled_from([word for word in WORDS if word != "train"]),
        st.sampled_from(things),
        TEXTS.filter(lambda text: "/" not in text and "\\" not in text and ".." not in text),
    )
    begun = st.sampled_from(
        [[], ["ask", "When?"], ["search", "x"], ["documents"], ["evaluate", "gold.jsonl"],
         ["check"], ["remove"], ["users"], ["serve"], ["feedback"], ["gold"], ["tune"]]
    )  # fmt: skip
    collection = st.sampled_from([[], ["--collection", "there"]])
    calls = st.builds(
        lambda first, rest, last: [*first, *rest, *last],
        begun,
        st.lists(words, max_size=4),
        collection,
    )
    tried(times["arguments"], calls, check)


LINE = fields(
    id=TEXTS | st.integers(),
    question=TEXTS,
    answers=st.lists(TEXTS, max_size=2),
    documents=st.lists(TEXTS, max_size=2),
    page=st.integers(),
    start=st.integers(),
    end=st.integers(),
    kind=TEXTS,
    history=TURNS,
)


@pytest.mark.parametrize("times", TIMES)
def test_gold_files(tmp_path: Path, times: dict[str, int]) -> None:
    paths = {suffix: tmp_path / f"gold{suffix}" for suffix in (".jsonl", ".json", ".jsonl.gz")}

    def check(drawn: Any) -> None:
        lines, suffix = drawn
        path = paths[suffix]
        path.write_bytes(b"\n".join(map(sent, lines)))
        for read in (read_gold, read_squad):
            try:
                found: Any = read(path)
                told = list(getattr(found, "problems", ()))
            except InputError as error:
                told = [str(error)]
            assert all("\n" not in line for line in told), drawn

    paragraph = fields(
        context=TEXTS,
        qas=st.lists(
            fields(
                id=TEXTS,
                question=TEXTS,
                answers=st.lists(fields(text=TEXTS, answer_start=st.integers()), max_size=2),
                is_impossible=st.booleans(),
            ),
            max_size=2,
        ),
    )
    squad = fields(data=st.lists(fields(title=TEXTS, paragraphs=st.lists(paragraph)), max_size=2))
    lines = st.lists(LINE | JSON | BYTES, max_size=4) | st.tuples(squad)
    tried(times["gold"], st.tuples(lines, st.sampled_from(list(paths))), check)


def test_as_many_as_is_said() -> None:
    assert sum(SOAK.values()) == 20_000
    assert 300 <= sum(QUICK.values()) <= 400
