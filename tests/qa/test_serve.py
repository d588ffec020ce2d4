"""The running server: how it stops, and what `gradio_client` does with it."""

import base64
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import jwt
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from index.scope import EVERYTHING, Scope
from qa.access import decide
from qa.serve import AnnouncingServer, listen
from qa.service import build_app
from qa.types import Answer, Turn
from qa.users import add_user
from tests.browser.browsing import served
from tests.event_loop import in_event_loop
from tests.keyword_assistant import KeywordAssistant

KEEPER = "Who was the lighthouse keeper called?"
PASSWORD = "correct horse"  # noqa: S105
SECRET = "e" * 32
PATIENCE = 60  # seconds, for a busy machine


class SlowAssistant(KeywordAssistant):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        scope: Scope = EVERYTHING,
        precision: float | None = None,
    ) -> Answer:
        self.asked.set()
        assert self.may_answer.wait(PATIENCE)
        return super().ask(question, history)


def test_what_is_being_asked_is_answered_before_it_stops() -> None:
    assistant = SlowAssistant()
    answers: list[httpx.Response] = []
    with listen("127.0.0.1", 0) as listener:
        server = AnnouncingServer(in_event_loop(lambda: build_app(assistant)))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        running.start()
        while not server.started and running.is_alive():
            time.sleep(0.01)
        address = "http://{}:{}/api/ask".format(*listener.getsockname())
        ask = {"question": KEEPER}
        asking = threading.Thread(
            target=lambda: answers.append(httpx.post(address, json=ask, timeout=PATIENCE))
        )
        asking.start()
        assert assistant.asked.wait(PATIENCE)
        server.should_exit = True
        while not server.page.stop_event.is_set():  # it is stopping
            time.sleep(0.01)
        assistant.may_answer.set()
        asking.join()
        running.join()
    assert [answer.json()["answer"] for answer in answers] == ["Henrietta Marsh"]


def test_paths_are_not_led_out_by_dots_that_a_client_leaves_in(tmp_path: Path) -> None:
    add_user(tmp_path / "users", "eira", PASSWORD)
    signed_in = f"Basic {base64.b64encode(f'eira:{PASSWORD}'.encode()).decode()}"
    up = "/".join([".."] * 12)
    with served(KeywordAssistant(), access=decide(users=tmp_path / "users")) as address:

        def status(path: str, authorization: str) -> int:
            connection = HTTPConnection(address.removeprefix("http://"))
            with closing(connection):  # unlike httpx, it sends the path as it is
                connection.request("GET", path, headers={"Authorization": authorization})
                answer = connection.getresponse()
                assert b"root:" not in answer.read()
                return answer.status

        for way in ("/assets", "/static", "/gradio_api/file=", "/gradio_api/file", "/embed.js"):
            for path in (f"{way}/{up}/etc/passwd", f"{way}//etc/passwd", f"{way}/%2e%2e/{up}/x"):
                assert status(path, signed_in) in (403, 404), path
        for path in ("/health/../config", "/embed.js/../config", "/login/../config", "//config"):
            assert status(path, "") == 401, path


@pytest.mark.slow
def test_gradios_client_signs_in_and_is_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_EMBED_SECRET", SECRET)
    add_user(tmp_path / "users", "eira", PASSWORD)
    access = decide(users=tmp_path / "users", questions_a_minute=2)
    patient = {"timeout": PATIENCE}
    with served(KeywordAssistant(), access=access) as address:
        with pytest.raises(AuthenticationError):
            Client(address, verbose=False, auth=("eira", "wrong"), httpx_kwargs=patient)
        with closing(
            Client(address, verbose=False, auth=("eira", PASSWORD), httpx_kwargs=patient)
        ) as client:
            assert client.predict(KEEPER, api_name="/ask")["answer"] == "Henrietta Marsh"
            assert "Henrietta Marsh" in client.predict(KEEPER, api_name="/chat")
            with pytest.raises(AppError, match="2 questions in a minute of one person"):
                client.predict(KEEPER, api_name="/ask")
        token = jwt.encode({"sub": "visitor", "exp": time.time() + 600}, SECRET, "HS256")
        own = f"{address}/t/{token}/"
        with closing(Client(own, verbose=False, httpx_kwargs=patient)) as client:
            assert client.predict(KEEPER, api_name="/ask")["answer"] == "Henrietta Marsh"
