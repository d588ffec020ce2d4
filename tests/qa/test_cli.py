"""The command in this process, with stand-ins for the models; the whole output is compared."""

import io
import json
import random
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

import index.embed
import qa.answer
from index import watch_folders
from index.store import Store
from qa.cli import main
from qa.confidence import UNFITTED
from qa.feedback import Feedback
from qa.gold import GoldQuestion, read_gold
from qa.note import note_on
from qa.read import ExtractiveReader
from qa.users import Users
from tests.fakes import NumberReader, WordEmbedder, write

FILES = {
    "well.txt": "The well behind the mill is 40 feet deep.",
    "notes/mill.md": "# The mill\n\nThe mill burned down in the winter.",
}


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(index.embed, "open_embedder", WordEmbedder)
    monkeypatch.setattr(qa.answer, "open_embedder", WordEmbedder)
    monkeypatch.setattr(ExtractiveReader, "load", lambda _: NumberReader())
    monkeypatch.setattr(qa.answer, "load_confidence", lambda *_: UNFITTED)
    monkeypatch.setenv("QA_COLLECTION", str(tmp_path / "collection"))


@pytest.fixture
def papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    papers = write(tmp_path / "papers", FILES)
    assert main(["index", str(papers)]) == 0
    capsys.readouterr()
    return papers


class Run:
    """Runs the command and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        return status, out, err

    def json(self, *arguments: object) -> Any:
        status, out, err = self(*arguments, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


def test_a_watched_folder_is_followed_line_by_line_until_ctrl_c(
    run: Run, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = iter(
        (
            lambda: None,
            lambda: write(papers, {"pier\n.txt": "The pier is long.", "empty.txt": ""}),
            lambda: None,
            (papers / "well.txt").unlink,
            lambda: None,
        )
    )

    def pause(_: float) -> None:
        change = next(changes, None)
        if change is None:
            raise KeyboardInterrupt
        change()

    monkeypatch.setattr(watch_folders, "watch", partial(watch_folders.watch, pause=pause))
    status, out, err = run("index", "--watch", papers)
    assert (status, err) == (
        0,
        "empty.txt is empty: it holds no text; write some in it or remove it\n",
    )
    assert out == (
        "0 added, 0 changed, 0 removed, 2 unchanged, 0 failed, 0 skipped\n"
        "added pier .txt\nremoved well.txt\n"
    )


def test_watching_has_no_json_and_nothing_is_made_of_a_wrong_path(run: Run, tmp_path: Path) -> None:
    status, out, err = run("index", "--watch", "--json", tmp_path)
    assert (status, out) == (2, "")
    assert err == ("qa: --watch prints a line for each change: leave out --json, or --watch\n")
    status, _, err = run("index", "--watch", tmp_path / "gone")
    assert (status, "gone is not there" in err) == (2, True)
    assert not (tmp_path / "collection").exists()


def test_tuning_takes_enough_questions_and_a_precision_something_measured(
    run: Run, papers: Path, tmp_path: Path
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"id": "1", "question": "How deep?", "answers": ["40"], "documents": []}\n')
    status, out, err = run("tune", gold)
    assert (status, out) == (2, "")
    assert "it takes 30 questions" in err
    assert not (papers.parent / "collection" / "tuning.json").exists()
    for arguments in (["ask", "How deep?"], ["evaluate", gold]):
        status, _, err = run(*arguments, "--precision", "0.9")
        assert (status, "run `qa tune GOLD` first" in err) == (2, True)
    status, _, err = run("ask", "How deep?", "--precision", "2")
    assert (status, "'2' is not a share" in err) == (2, True)


def test_a_tuning_goes_into_the_collection(run: Run, papers: Path, tmp_path: Path) -> None:
    write(papers, {f"{n}.txt": f"The well of farm{n} is {n} feet deep." for n in range(10, 40)})
    run("index", papers)
    lines = [
        json.dumps({"id": str(n), "question": f"How deep is the well of farm{n}?"} | rest)
        for n in range(10, 50)
        for rest in [{"answers": [str(n)] if n < 40 else [], "documents": []}]
    ]
    gold = write(tmp_path, {"gold.jsonl": "\n".join(lines)}) / "gold.jsonl"
    tuned = run.json("tune", gold)
    assert (tuned["questions"], tuned["after"]["mrr@20"], tuned["problems"]) == (40, 1.0, [])
    assert json.loads((tmp_path / "collection" / "tuning.json").read_text())["reader"] == "numbers"
    gold.write_text("\n".join([*lines, "not JSON"]))
    status, out, err = run("tune", gold, "--precision", "0.7")
    assert "line 41" in err
    assert (status, out.startswith("40 questions; the weight of meaning is 0.5\n")) == (0, True)
    assert run.json("ask", "How deep is the well of farm17?")["answer"] == "17"


def test_index_counts_and_names_what_failed(run: Run, tmp_path: Path) -> None:
    papers = write(tmp_path / "papers", FILES)
    (papers / "empty.txt").touch()
    (papers / "logo.png").touch()
    status, out, err = run("index", papers)
    assert (status, out) == (
        0,
        "2 added, 0 changed, 0 removed, 0 unchanged, 1 failed, 1 skipped\n",
    )
    assert err.startswith("empty.txt is empty")
    assert err.count("\n") == 1
    again = run.json("index")
    assert again == {
        "added": 0,
        "changed": 0,
        "removed": 0,
        "unchanged": 2,
        "failed": again["failed"],
        "skipped": 1,
    }
    assert [failure["name"] for failure in again["failed"]] == ["empty.txt"]


@pytest.mark.usefixtures("papers")
def test_ask_prints_the_answer_in_its_sentence_with_its_citation(run: Run) -> None:
    status, out, err = run("ask", "How deep is the well behind the mill?")
    assert (status, err) == (0, "")
    first, _, sentence, citation, confidence = out.splitlines()
    assert first == "40"
    assert sentence.strip() == "The well behind the mill is [40] feet deep."
    assert citation.strip().startswith("[1] ")
    assert "well.txt" in citation
    assert "likely right" in confidence


@pytest.mark.usefixtures("papers")
def test_ask_json_has_the_promised_shape(run: Run) -> None:
    answer = run.json("ask", "How deep is the well behind the mill?")
    assert list(answer) == [
        "question",
        "standalone_question",
        "question_type",
        "status",
        "answer",
        "confidence",
        "candidates",
        "disagreement",
        "unread_language",
        "citations",
        "passages",
        "timings_ms",
    ]
    assert (answer["status"], answer["answer"]) == ("answered", "40")
    (citation,) = answer["citations"]
    assert citation == {
        "document": "well.txt",
        "title": citation["title"],
        "date": None,
        "location": {},
        "heading": None,
        "start": 28,
        "end": 30,
        "quote": "40",
        "sentence": "The well behind the mill is 40 feet deep.",
    }
    assert answer["passages"][0]["text"] == FILES["well.txt"]
    assert list(answer["timings_ms"]) == ["retrieve", "read", "total"]


@pytest.mark.usefixtures("papers")
def test_an_abstention_is_an_answer_and_shows_the_nearest_passages(run: Run) -> None:
    status, out, _ = run("ask", "Umbrella?")
    assert status == 0
    assert out.startswith("The documents don't say.\n\nThe nearest passages:\n")
    assert run.json("ask", "Umbrella?")["answer"] is None


@pytest.mark.usefixtures("papers")
def test_explain_shows_what_was_found_read_and_decided(run: Run) -> None:
    _, out, _ = run("ask", "Umbrella?", "--explain")
    assert out.startswith("Question: Umbrella? (words)\n\nFound 2 passages in ")
    assert "\nRead at most 2 in " in out
    assert "\nDecided: abstained. The best candidate has confidence " in out


@pytest.mark.usefixtures("papers")
def test_documents_search_remove_and_check(run: Run) -> None:
    listed = run.json("documents")["documents"]
    assert [(d["document"], d["passages"]) for d in listed] == [
        ("notes/mill.md", 1),
        ("well.txt", 1),
    ]
    assert run("documents")[1].endswith("2 documents\n")
    assert run("documents", "--text", "well.txt")[1] == FILES["well.txt"] + "\n"
    assert run.json("documents", "--text", "well.txt")["text"] == FILES["well.txt"]
    found = run.json("search", "burned mill", "--limit", 1)
    assert [passage["document"] for passage in found["passages"]] == ["notes/mill.md"]
    assert "The mill burned down" in run("search", "burned mill")[1]
    assert run("check") == (0, "All is well\n", "")
    assert run("remove", "well.txt")[0] == 0
    assert [d["document"] for d in run.json("documents")["documents"]] == ["notes/mill.md"]
    assert run.json("check") == {"problems": []}


@pytest.mark.usefixtures("papers")
def test_check_fails_with_1_and_names_the_remedy(run: Run, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "collection" / "collection.sqlite3") as db:
        db.execute("UPDATE passages SET text = 'forged' WHERE id = 1")
    db.close()
    status, out, _ = run("check")
    assert status == 1
    assert "doesn't read back" in out


@pytest.mark.usefixtures("papers")
def test_evaluate_measures_and_gates(run: Run, tmp_path: Path) -> None:
    gold = [
        {"id": "1", "question": "How deep is the well?", "answers": ["40"]},
        {"id": "2", "question": "Whose umbrella?", "answers": []},
    ]
    gold[0]["documents"] = ["well.txt"]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, gold)))
    figures = run.json("evaluate", path)
    assert (figures["questions"], figures["forced_em"], figures["citation_exact"]) == (2, 1, 1)
    assert run("evaluate", path, "--fail-under", "forced_em=1")[0] == 0
    status, _, err = run("evaluate", path, "--fail-under", "passage_characters=9999")
    assert status == 1
    assert err.startswith("qa: passage_characters is ")
    status, out, _ = run("evaluate", path, "--fail-under", "f2=0.5")
    assert (status, out) == (2, "")


def test_evaluate_reports_and_compares(run: Run, papers: Path, tmp_path: Path) -> None:
    gold = {"id": "1", "question": "How deep is the well?", "answers": ["40"]}
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(gold | {"documents": ["well.txt"]}) + "\nnonsense\n")
    status, out, _ = run("evaluate", path, "--report", tmp_path / "report")
    assert status == 0
    assert out.endswith(f"\nThe report is in {tmp_path / 'report' / 'report.html'}\n")
    assert "problems:\nline 2: it is not JSON\n" in out
    old = tmp_path / "report" / "report.json"
    figures = run.json("evaluate", path, "--compare", old)
    assert figures["problems"] == ["line 2: it is not JSON"]
    assert figures["gold_passage_em"] == 1
    assert figures["comparison"]["changes"]["em"]["verdict"] == "within chance"
    assert "over the 1 questions that both" not in run("evaluate", path, "--compare", old)[1]
    path.write_text(json.dumps(gold | {"id": "2"}))
    status, out, err = run("evaluate", path, "--compare", old)
    assert (status, out) == (2, "")
    assert "none of these questions" in err
    status, out, err = run("evaluate", path, "--reader-only", "--compare", old)
    assert (status, out) == (2, "")
    assert "leave out --reader-only" in err


def test_an_empty_gold_set_is_an_error(run: Run, papers: Path, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    for text in ("", "\n\n", "nonsense\n"):
        path.write_text(text)
        status, out, err = run("evaluate", path)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert "is not a gold set I can read" in err


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lines that somebody types in answer to prompts."""

    def type_(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_


@pytest.mark.usefixtures("papers")
def test_feedback_is_reviewed_exported_and_goes_with_its_document(
    run: Run, tmp_path: Path, typed: Callable[..., None]
) -> None:
    assistant = qa.answer.Assistant.open(tmp_path / "collection")
    answer = assistant.ask("How deep is the well behind the mill?")
    assert (answer.status, answer.text) == ("answered", "40")
    refused = assistant.ask("Whose umbrella?")
    feedback = Feedback(tmp_path / "collection")
    for note in (
        note_on(answer, "up", generation=assistant.generation),
        note_on(refused, "down", generation=assistant.generation),
        note_on(refused, "correction", correction="the mill", generation=0, person="\x1b[2J"),
    ):
        feedback.add(note)
    status, out, err = run("feedback", "export")
    assert status == 0
    assert [json.loads(line) for line in out.splitlines()] == [
        {
            "id": "feedback-1",
            "question": "How deep is the well behind the mill?",
            "answers": ["40"],
            "documents": ["well.txt"],
            "start": 28,
            "end": 30,
            "kind": "feedback",
        },
        {
            "id": "feedback-3",
            "question": "Whose umbrella?",
            "answers": ["the mill"],
            "documents": ["well.txt"],
            "start": 16,
            "end": 24,
            "kind": "feedback",
        },
    ]
    assert err == "2 questions, 0 left out\n"
    typed("what?", "k", "m", "", "d")
    status, out, _ = run("feedback", "review")
    assert status == 0
    assert out.startswith("3 notes to review\n\n1 ")
    assert "  cited     well.txt, 28 to 30\n  said      right\n" in out
    assert "  becomes   no gold question: it answered nothing, and no answer was given\n" in out
    assert "\x1b" not in out
    assert [(e.id, e.note.verdict) for e in feedback.entries()] == [(1, "up"), (2, "no_answer")]
    assert run("feedback", "review")[1] == "0 notes to review\n"
    assert run("remove", "well.txt")[0] == 0
    assert [entry.id for entry in feedback.entries()] == [2]


@pytest.mark.usefixtures("papers")
def test_review_may_stop_at_any_time(run: Run, tmp_path: Path, typed: Callable[..., None]) -> None:
    assistant = qa.answer.Assistant.open(tmp_path / "collection")
    feedback = Feedback(tmp_path / "collection")
    feedback.add(note_on(assistant.ask("Whose umbrella?"), "down", generation=0))
    for lines in ((), ("q",), ("m",), ("s",)):
        typed(*lines)
        assert run("feedback", "review")[0] == 0
        assert [entry.reviewed for entry in feedback.entries()] == [False]


@pytest.mark.usefixtures("papers")
def test_gold_questions_are_drafted_over_passages(
    run: Run, tmp_path: Path, typed: Callable[..., None]
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "draft-1", "question": "Whose umbrella?", "answers": []}')
    run("remove", "notes/mill.md")
    typed("")
    status, out, _ = run("gold", "draft", path)
    assert status == 0
    assert f"\n{FILES['well.txt']}, well.txt\n\n{FILES['well.txt']}\n\nQuestion: " in out
    assert out.endswith("\nThere is no passage left without a question\n")
    for lines in ((), ("How deep?",), ("How deep?", "41 feet", "the")):
        typed(*lines)
        assert run("gold", "draft", path)[0] == 0
        assert len(read_gold(path).questions) == 1
    typed("How deep?", "41 feet", "40  FEET")
    out = run("gold", "draft", path)[1]
    assert out.count("These words don't stand in the passage. Copy them from it") == 1
    questions = read_gold(path).questions
    assert questions[1:] == (
        GoldQuestion(
            id="draft-2",
            question="How deep?",
            answers=("40 feet",),
            documents=("well.txt",),
            start=28,
            end=35,
        ),
    )
    assert "Question" not in run("gold", "draft", path)[1]


def test_an_answer_that_stands_twice_is_asked_for(
    run: Run, tmp_path: Path, typed: Callable[..., None]
) -> None:
    run("index", write(tmp_path / "papers", {"mill.txt": "The mill is by the old mill, Millie."}))
    typed("Where is it?", "mill", "3", "2")
    out = run("gold", "draft", tmp_path / "new.jsonl")[1]
    assert out.count("They stand there 2 times. Which, 1 to 2? ") == 2
    (question,) = read_gold(tmp_path / "new.jsonl").questions
    assert (question.start, question.end) == (23, 27)
    status, _, err = run("gold", "draft", tmp_path / "new.jsonl.gz")
    assert status == 2
    assert "unpack it first" in err


def test_evaluate_of_the_reader_alone(run: Run, tmp_path: Path) -> None:
    answer = {"text": "40", "answer_start": 12}
    question = {"id": "1", "question": "How deep?", "answers": [answer]}
    paragraph = {"context": "The well is 40 feet deep.", "qas": [question]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "Well", "paragraphs": [paragraph]}]}))
    assert run.json("evaluate", path, "--reader-only") == {"exact": 1, "f1": 1, "total": 1}


ODD_BYTES = bytes(random.Random(1).choices(range(0x80, 0xFF), k=3000))


def encrypted(path: Path) -> None:
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 700, "Hidden words.")
    canvas.save()


def without_text(path: Path) -> None:
    canvas = Canvas(str(path))
    canvas.rect(72, 72, 200, 200)
    canvas.save()


def truncated(path: Path) -> None:
    canvas = Canvas(str(path))
    canvas.drawString(72, 700, "Some words.")
    canvas.save()
    path.write_bytes(path.read_bytes()[:-300])


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("empty.txt", Path.touch, "is empty"),
        ("binary.txt", lambda path: path.write_bytes(bytes(range(256)) * 9), "is not text"),
        ("noise.txt", lambda path: path.write_bytes(bytes(range(1, 256)) * 4), "UTF-8"),
        ("odd.txt", lambda path: path.write_bytes(ODD_BYTES), "an encoding that can't be told"),
        ("scan.pdf", without_text, "has no text"),
        ("locked.pdf", encrypted, "password"),
        ("cut.pdf", truncated, "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_the_rest_goes_on(
    run: Run, tmp_path: Path, name: str, make: Any, reason: str
) -> None:
    papers = write(tmp_path / "papers", FILES)
    make(papers / name)
    status, out, err = run("index", papers)
    assert status == 0
    assert out.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 1 failed")
    assert err.startswith(f"{name} ")
    assert reason in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["index", "/no/such/folder"], "/no/such/folder is not there: name a folder or a file"),
        (["index"], "There is no collection in "),
        (["ask", "Anything?"], "There is no collection in "),
        (["documents"], "There is no collection in "),
        (["check"], "There is no collection in "),
        ([], "the following arguments are required: COMMAND: see `qa --help`"),
        (["sing"], "argument COMMAND: invalid choice: 'sing'"),
        (["ask"], "the following arguments are required: QUESTION: see `qa ask --help`"),
        (["search", "x", "--limit", "0"], "argument --limit: '0' is not a whole number above 0"),
        (["evaluate", "/no/gold.jsonl"], "/no/gold.jsonl"),
        (["evaluate", "/no/gold.jsonl", "--reader-only"], "/no/gold.jsonl"),
        (["serve", "--host", "0.0.0.0"], "--host 0.0.0.0"),  # noqa: S104
    ],
)
def test_wrong_calls_are_one_line_and_leave_nothing(
    run: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("qa: ")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "collection").exists()


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty"),
        ("why " * 25_000, "more than the 1,000 that are read: shorten it"),
    ],
)
@pytest.mark.usefixtures("papers")
def test_wrong_questions_are_one_line(run: Run, question: str, message: str) -> None:
    for command in ("ask", "search"):
        status, out, err = run(command, question)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert message in err


def test_an_empty_folder_is_one_line_and_leaves_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, _, err = run("index", tmp_path / "empty")
    assert (status, err.count("\n")) == (2, 1)
    assert "holds no documents that can be read: those are " in err
    assert not (tmp_path / "collection").exists()


@pytest.mark.usefixtures("papers")
def test_an_emptied_collection_says_how_to_go_on(run: Run) -> None:
    for name in ("well.txt", "notes/mill.md"):
        assert run("remove", name)[0] == 0
    assert run("ask", "How deep?") == (
        0,
        "The documents don't say.\n\n"
        "There is nothing to search yet: `qa index PATH` adds documents.\n",
        "",
    )


def test_a_collection_of_another_version_is_one_line_and_kept(
    run: Run, papers: Path, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "collection" / "collection.sqlite3") as db:
        db.execute("PRAGMA user_version=1")
    db.close()
    for arguments in (["ask", "How deep?"], ["index", papers], ["documents"]):
        status, _, err = run(*arguments)
        assert (status, err.count("\n")) == (2, 1)
        assert "is of version 1; this program reads version 4" in err


def test_a_collection_that_another_process_writes_is_one_line_and_can_be_asked(
    run: Run, papers: Path, tmp_path: Path
) -> None:
    with FileLock(tmp_path / "collection" / "writer.lock"):
        for arguments in (["index", papers], ["remove", "well.txt"]):
            status, _, err = run(*arguments)
            assert (status, err.count("\n")) == (2, 1)
            assert "Another process is writing to the collection" in err
        assert run("ask", "How deep is the well?")[0] == 0


def test_a_full_disk_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = write(tmp_path / "papers", FILES)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Store, "put_document", full)
    assert run("index", papers) == (
        2,
        "",
        "qa: database or disk is full: look for room on the disk and permissions\n",
    )


@pytest.mark.usefixtures("papers")
def test_another_embedder_is_noticed_and_qa_index_mends_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (index.embed, qa.answer):
        monkeypatch.setattr(module, "open_embedder", lambda: WordEmbedder("others"))
    status, _, err = run("ask", "How deep?")
    assert (status, err.count("\n")) == (2, 1)
    assert "was made with another embedder: run `qa index`" in err
    assert run("index")[0] == 0
    assert run("ask", "How deep is the well?")[1].startswith("40\n")


def test_terminal_codes_in_documents_and_names_do_nothing(run: Run, tmp_path: Path) -> None:
    papers = write(tmp_path / "papers", {"\x1b[31mred\x07.txt": "\x1b[2JThe well is 40 deep."})
    (papers / "\x1b[31mbad.txt").touch()
    outputs = (
        run("index", papers),
        run("documents"),
        run("ask", "well deep?"),
        run("search", "well"),
    )
    assert "\x1b" not in "".join(out + err for _, out, err in outputs)


def test_people_who_may_sign_in(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = tmp_path / "people"

    def type_in(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    type_in("correct horse\nand more\n")
    assert run("users", "add", "eira", "--users", people) == (0, "eira may sign in\n", "")
    assert Users(people).verify("eira", "correct horse")
    type_in("battery staple")
    assert run("users", "add", "eira", "--users", people) == (0, "eira has a new password\n", "")
    type_in("short")
    assert run("users", "add", "bryn", "--users", people) == (
        2,
        "",
        "qa: The password has 5 characters: take 8 to 256\n",
    )
    assert run("users", "remove", "eira", "--users", people) == (
        0,
        "eira may no longer sign in\n",
        "",
    )
    status, _, error = run("serve", "--users", people)
    assert (status, error.count("\n")) == (2, 1)
    assert "names nobody" in error
