"""The report over small collections, each figure worked out by hand."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import InputError
from index.types import Content, Document, Passage
from qa.evaluate import Report, evaluate
from qa.evaluate_reader import evaluate_reader
from qa.gold import Gold, GoldQuestion, read_gold
from qa.report import check_thresholds, fail_under, metrics_text, report_text
from qa.squad import SquadAnswer, SquadContext, SquadQuestion
from qa.summary import by_document, by_kind
from qa.types import Answer, Candidate, Citation, Hit, Span, Status, Timings, Turn

KEYS = re.findall(
    r"\S+",
    """
    questions answerable unanswerable em f1 raw_em answerable_em answerable_f1 forced_em forced_f1
    document_recall@1 document_recall@5 document_recall@20
    passage_recall@1 passage_recall@5 passage_recall@20 mrr@10 ndcg@10 passage_characters
    gold_passage_em gold_passage_f1
    refused false_answers unsure coverage_at_90_precision auroc ece brier
    citation_exact citation_document citation_page latency_ms_p50 latency_ms_p95
""",
)


class FakeAssistant:
    """Answers "after X" with the word that follows X in the documents; every line is a passage.

    Lines that hold X come first. The longer the answer, the surer: eight letters are answered,
    five are unsure. Passages of a document are on pages 1, 2, ... `misquote` spoils quotes of it.
    """

    def __init__(self, documents: dict[str, str], misquote: str | None = None) -> None:
        self.documents = documents
        self.misquote = misquote
        self.passages_: list[Passage] = []
        for number, (name, text) in enumerate(documents.items()):
            for page, line in enumerate(re.finditer(r"[^\n]+", text), 1):
                self.passages_.append(
                    Passage(
                        id=len(self.passages_),
                        document_id=number,
                        document=name,
                        title=name,
                        start=line.start(),
                        end=line.end(),
                        text=line.group(),
                        heading=None,
                        page=page,
                    )
                )

    def document(self, name: str) -> Document:
        if name not in self.documents:
            raise InputError(f"no document {name!r}")
        content = Content(title=name, text=self.documents[name])
        return Document(id=0, name=name, sha256="", content=content)

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        if len(question) > 100:
            raise InputError("the question is too long")
        said = " ".join([*(turn.question for turn in history), question])
        sought = said.rstrip("?").split()[-1]
        found = sorted(self.passages_, key=lambda passage: sought not in passage.text.split())
        citations = tuple(
            self.citation(passage, match)
            for passage in found
            if (match := re.search(rf"\b{re.escape(sought)} (\w+)", passage.text))
        )
        text = citations[0].quote if citations else ""
        confidence = min(1.0, len(text) / 10)
        status: Status = "abstained"
        if confidence >= 0.5:
            status = "answered" if confidence >= 0.8 else "unsure"
        candidate = Candidate(
            text=text, confidence=confidence, evidence=False, citations=tuple(range(len(citations)))
        )
        return Answer(
            question=question,
            standalone_question=said,
            question_type="words",
            status=status,
            confidence=confidence,
            candidates=(candidate,) if citations else (),
            citations=citations,
            disagreement=(),
            hits=tuple(
                Hit(passage=passage, score=-float(rank), rank=rank)
                for rank, passage in enumerate(found[:20], 1)
            ),
            timings=Timings(retrieve_ms=1, read_ms=2, total_ms=float(len(question))),
        )

    def passages(self, document: str) -> list[Passage]:
        return [passage for passage in self.passages_ if passage.document == document]

    def best_in(self, question: str, passages: Sequence[Passage]) -> str:
        sought = question.rstrip("?").split()[-1]
        pattern = re.compile(rf"\b{re.escape(sought)} (\w+)")
        return next((m[1] for p in passages if (m := pattern.search(p.text))), "")

    def citation(self, passage: Passage, match: re.Match[str]) -> Citation:
        start = passage.start + match.start(1) + (passage.document == self.misquote)
        return Citation(
            document=passage.document,
            title=passage.title,
            date=None,
            page=passage.page,
            heading=None,
            start=start,
            end=start + len(match.group(1)),
            quote=match.group(1),
            sentence=passage.text,
            sentence_start=passage.start,
        )


DOCUMENTS = {
    "one.txt": "north Reykjavik\neast Ankara lies\nboth Alexandria",
    "two.txt": "west Lima lies\nsouth Montevideo\nboth Alexandria",
}


def asked(
    id: str, question: str, *answers: str, documents: str = "", **more: object
) -> GoldQuestion:
    return GoldQuestion(
        id=id,
        question=question,
        answers=answers,
        documents=tuple(documents.split()),
        **more,  # type: ignore[arg-type]
    )


QUESTIONS = (
    # Answered rightly, 9 letters: the first of six passages is the relevant one.
    asked("right", "after north?", "Reykjavik", documents="one.txt", kind="fact", page=1),
    # Unsure, 6 letters, right.
    asked("unsure", "after east?", "Ankara", documents="one.txt", kind="fact"),
    # Refused, 4 letters, right; the words marked are those of its passage.
    asked("shy", "after west?", "Lima", documents="two.txt", start=5, end=9),
    # Answered, 10 letters, and wrong: the gold answer is in the other document's second passage.
    asked("wrong", "after south?", "Ankara", documents="one.txt", kind="fact"),
    # Answered, 10 letters, though nothing is said.
    asked("false", "after both?", kind="none"),
    # Not answered, and nothing is said.
    asked("refused", "after zenith?", kind="none"),
)


@pytest.fixture
def report() -> Report:
    return evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS))


def test_has_every_key_of_the_contract_in_its_order(report: Report) -> None:
    assert list(report) == KEYS
    assert list(json.loads(json.dumps(dict(report)))) == KEYS
    assert report.problems == ()


def test_counts_and_answers(report: Report) -> None:
    assert (report["questions"], report["answerable"], report["unanswerable"]) == (6, 4, 2)
    assert report["em"] == report["f1"] == report["raw_em"] == pytest.approx(2 / 6)
    assert report["answerable_em"] == report["answerable_f1"] == pytest.approx(1 / 4)
    assert report["forced_em"] == report["forced_f1"] == pytest.approx(3 / 4)


def test_abstention(report: Report) -> None:
    assert (report["refused"], report["false_answers"]) == (0.5, 0.5)
    assert report["unsure"] == pytest.approx(1 / 6)
    # By confidence: 1.0 wrong, 1.0 wrong, 0.9 right, 0.6 right, 0.4 right, 0.0 wrong.
    assert report["auroc"] == pytest.approx(3 / 9)
    assert report["coverage_at_90_precision"] == 0
    gaps = [1.0, 1.0, 0.1, 0.4, 0.6, 0.0]
    assert report["ece"] == pytest.approx(sum(gaps) / 6)
    assert report["brier"] == pytest.approx(sum(gap * gap for gap in gaps) / 6)


def test_retrieval_counts_the_answerable(report: Report) -> None:
    # "south" finds south Montevideo, then the others in order: north Reykjavik, east Ankara.
    assert [result.relevant_rank for result in report.results] == [1, 1, 1, 3, None, None]
    assert report["passage_recall@1"] == 0.75
    assert report["passage_recall@5"] == report["passage_recall@20"] == 1
    assert report["document_recall@1"] == 0.75
    assert report["mrr@10"] == pytest.approx((3 + 1 / 3) / 4)
    assert report["ndcg@10"] == pytest.approx((3 + 1 / math.log2(4)) / 4)
    lengths = [len(line) for text in DOCUMENTS.values() for line in text.split("\n")]
    assert report["passage_characters"] == pytest.approx(sum(lengths) / 6)


def test_citations_and_latency(report: Report) -> None:
    assert report["citation_exact"] == report["citation_document"] == report["citation_page"] == 1
    assert report["latency_ms_p50"] == pytest.approx(11.5)  # 11, 11, 11, 12, 12, 13 characters
    assert report["latency_ms_p95"] == pytest.approx(12.75)


def test_results_say_what_came_of_each_question(report: Report) -> None:
    shy, wrong = report.results[2:4]
    assert (shy.prediction, shy.best, shy.em, shy.best_em, shy.right) == ("", "Lima", 0, 1, True)
    assert (wrong.prediction, wrong.f1, wrong.right) == ("Montevideo", 0, False)
    assert wrong.status == "answered"
    assert wrong.cites_document is False


def test_undefined_metrics_are_none() -> None:
    assistant = FakeAssistant(DOCUMENTS)
    unanswerable = evaluate(assistant, Gold(questions=QUESTIONS[4:]))
    assert list(unanswerable) == KEYS
    undefined = [key for key in unanswerable if unanswerable[key] is None]
    answer_keys = [*KEYS[6:18], *KEYS[19:21], "coverage_at_90_precision", "auroc"]
    assert undefined == [*answer_keys, "citation_document", "citation_page"]
    answerable = evaluate(assistant, Gold(questions=QUESTIONS[1:3]))
    undefined = [key for key in answerable if answerable[key] is None]
    assert undefined == ["refused", "false_answers", "auroc", "citation_document", "citation_page"]


def test_every_quote_that_does_not_read_back_counts() -> None:
    report = evaluate(FakeAssistant(DOCUMENTS, misquote="two.txt"), Gold(questions=QUESTIONS))
    # Six passages a question, and six citations: both documents' for "both", none for "zenith".
    assert report["citation_exact"] == pytest.approx(1 - 3 / 42)
    assert report.problems == (
        "shy: the citation 'Lima' of 'two.txt' doesn't read back",
        "wrong: the citation 'Montevideo' of 'two.txt' doesn't read back",
        "false: the citation 'Alexandria' of 'two.txt' doesn't read back",
    )


def test_passages_that_do_not_read_back_count_too() -> None:
    assistant = FakeAssistant(DOCUMENTS)
    assistant.documents = {**DOCUMENTS, "two.txt": DOCUMENTS["two.txt"].upper()}
    report = evaluate(assistant, Gold(questions=QUESTIONS[:1]))
    assert report["citation_exact"] == pytest.approx(1 - 3 / 7)
    assert report.problems == (
        "right: the passage 0 to 14 of 'two.txt' doesn't read back (and 2 more)",
    )


def test_the_page_and_the_document_must_both_be_cited() -> None:
    questions = (
        asked("other page", "after north?", "Reykjavik", documents="one.txt", page=2),
        asked("both", "after both?", "Alexandria", documents="two.txt", page=3),
        asked("other document", "after south?", "Montevideo", documents="one.txt", page=2),
    )
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=questions))
    assert [result.cites_document for result in report.results] == [True, True, False]
    assert [result.cites_page for result in report.results] == [False, True, False]
    assert report["citation_document"] == pytest.approx(2 / 3)
    assert report["citation_page"] == pytest.approx(1 / 3)


def test_a_marked_answer_must_lie_in_the_passage() -> None:
    marked = asked("marked", "after both?", "Alexandria", documents="two.txt", start=37, end=47)
    assert DOCUMENTS["two.txt"][37:47] == "Alexandria"
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=(marked,)))
    # Both files say so, but only two.txt's passage covers the characters: it comes second.
    assert report.results[0].relevant_rank == 2
    assert report.problems == ()


def test_history_is_passed_on() -> None:
    turns = (Turn(question="after north", answer=None),)
    question = asked("follow", "?", "Reykjavik", documents="one.txt", history=turns)
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=(question,)))
    assert report.results[0].prediction == "Reykjavik"


def test_problems_of_the_gold_set_are_listed_and_the_rest_goes_on() -> None:
    questions = (
        asked("unknown", "after north?", "Reykjavik", documents="one.txt three.txt"),
        asked("absent", "after north?", "Oslo", documents="one.txt two.txt"),
        asked("moved", "after west?", "Lima", documents="two.txt", start=0, end=4),
        asked("long", "after " + "x" * 100, "Lima", documents="two.txt"),
        asked("fine", "after west?", "Lima", documents="two.txt"),
    )
    gold = Gold(questions=questions, problems=("line 1: it is not JSON",))
    report = evaluate(FakeAssistant(DOCUMENTS), gold)
    assert report.problems == (
        "line 1: it is not JSON",
        "unknown: the collection has no document 'three.txt'",
        "absent: none of its answers is in one.txt, two.txt",
        "moved: characters 0 to 4 of 'two.txt' are 'west', which holds none of its answers",
        "long: it can't be asked: the question is too long",
    )
    assert [result.id for result in report.results] == ["unknown", "absent", "moved", "fine"]
    assert report["passage_recall@20"] == 0.75  # what isn't there isn't found


def test_problems_name_the_line_of_a_file(tmp_path: Path) -> None:
    lines = (
        '{"id": "a", "question": "after north?", "answers": ["Oslo"], "documents": ["one.txt"]}',
        "nonsense",
        '{"id": "b", "question": "after north?", "answers": ["Oslo"], "documents": ["six.txt"]}',
    )
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(lines))
    report = evaluate(FakeAssistant(DOCUMENTS), read_gold(path))
    assert report["questions"] == 2
    assert report.problems == (
        "line 2: it is not JSON",
        "line 1 (a): none of its answers is in one.txt",
        "line 3 (b): the collection has no document 'six.txt'",
    )


def test_a_set_without_questions_is_an_error() -> None:
    assistant = FakeAssistant(DOCUMENTS)
    for gold in (Gold(questions=()), Gold(questions=(asked("long", "x" * 101),))):
        with pytest.raises(InputError, match="has no question that can be asked"):
            evaluate(assistant, gold)


def test_by_document_counts_the_answerable_under_every_document_that_they_name() -> None:
    both = asked("both", "after both?", "Alexandria", documents="two.txt one.txt one.txt")
    report = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=(*QUESTIONS, both)))
    documents = by_document(report.results)
    assert {name: figures["questions"] for name, figures in documents.items()} == {
        "one.txt": 4,
        "two.txt": 2,
    }
    assert documents["two.txt"]["forced_f1"] == 1
    assert documents["two.txt"]["answerable_f1"] == 0.5


def test_the_passage_that_holds_the_answer_is_read_alone(report: Report) -> None:
    read = {result.id: result.gold_passage_best for result in report.results}
    assert read == {
        "right": "Reykjavik",
        "unsure": "Ankara",
        "shy": "Lima",
        "wrong": "",  # "east Ankara lies" doesn't say what is after south
        "false": None,
        "refused": None,
    }
    assert report["gold_passage_em"] == report["gold_passage_f1"] == 0.75


def test_what_went_wrong_by_the_first_stage_that_failed(report: Report) -> None:
    causes = {result.id: result.cause for result in report.results}
    assert causes == {
        "right": None,
        "unsure": "wrongly_refused",
        "shy": "wrongly_refused",
        "wrong": "not_read",
        "false": "wrongly_answered",
        "refused": None,
    }
    lines = "\n".join(f"far{number} Lima" for number in range(9)) + "\nsouth Oslo"
    documents = {"two.txt": "south Montevideo\n" + lines}
    far = asked("far", "after south?", "Oslo", documents="two.txt", start=17 + 90, end=27 + 90)
    # Two passages hold "south", so the one that is marked is second: it is read. The last isn't.
    unread = asked("unread", "after south?", "far8 Lima", documents="two.txt")
    report = evaluate(FakeAssistant(documents), Gold(questions=(far, unread)))
    assert [result.relevant_rank for result in report.results] == [2, 11]
    assert [result.cause for result in report.results] == ["not_read", "not_retrieved"]


def test_without_a_named_document_any_passage_with_the_answer_will_do() -> None:
    report = evaluate(
        FakeAssistant(DOCUMENTS), Gold(questions=(asked("1", "after south?", "Ankara"),))
    )
    assert report.results[0].cause == "not_read"
    assert report["passage_recall@20"] is report["gold_passage_f1"] is None


def test_intervals_are_of_the_headline_metrics_that_are_defined(report: Report) -> None:
    assert list(report.intervals) == [
        "em",
        "f1",
        "answerable_f1",
        "forced_f1",
        "passage_recall@5",
        "gold_passage_f1",
        "refused",
        "coverage_at_90_precision",
        "auroc",
        "ece",
    ]
    for name, (low, high) in report.intervals.items():
        assert 0 <= low <= high <= 1, name
    assert report.intervals["passage_recall@5"] == (1, 1)
    low, high = report.intervals["f1"]
    assert low < 1 / 3 < high


def test_by_kind(report: Report) -> None:
    kinds = by_kind(report.results)
    assert list(kinds) == ["fact", "none"]
    assert kinds["fact"]["questions"] == 3
    assert kinds["fact"]["forced_em"] == pytest.approx(2 / 3)
    assert kinds["none"]["refused"] == 0.5


def test_report_text(report: Report) -> None:
    lines = report_text(report).split("\n")
    assert [line.split()[0] for line in lines[: len(KEYS)]] == KEYS
    assert {
        "questions                       6                   asked",
        "f1                         33.3 %     0.0 – 66.7 %  token F1 of what was answered, all"
        " questions",
        "document_recall@5         100.0 %                   one in five is",
        "passage_recall@5          100.0 %  100.0 – 100.0 %  one in five does",
        "latency_ms_p50                 12                   milliseconds, half of the questions"
        " took less",
    } < set(lines)
    assert lines[len(KEYS) :] == [
        "",
        "kind  questions       em       f1  forced_f1  passage_recall@5  refused",
        "fact          3   33.3 %   33.3 %     66.7 %           100.0 %        -",
        "none          2   50.0 %   50.0 %          -                 -   50.0 %",
        "",
        "document  questions       em       f1  forced_f1  passage_recall@5  refused",
        "two.txt           1    0.0 %    0.0 %    100.0 %           100.0 %        -",
        "one.txt           3   33.3 %   33.3 %     66.7 %           100.0 %        -",
    ]


def test_report_text_shows_the_twenty_documents_that_do_worst() -> None:
    documents = {f"{number:02}.txt": "north Reykjavik" for number in range(22)}
    questions = tuple(
        asked(str(number), "after north?", "Oslo" if number == 21 else "Reykjavik", documents=name)
        for number, name in enumerate(documents)
    )
    text = report_text(evaluate(FakeAssistant(documents), Gold(questions=questions)))
    table = text[text.index("document  questions") :].split("\n")
    assert [line.split()[0] for line in table[1:21]] == ["21.txt", *sorted(documents)[:19]]
    assert table[21] == "and 2 more documents, which do better"


def test_report_text_shows_problems_without_control_characters(report: Report) -> None:
    spoilt = replace(report, problems=("line 2: \x1b[2Jid",))
    assert report_text(spoilt).endswith("problems:\nline 2: ?[2Jid")


def test_fail_under(report: Report) -> None:
    assert fail_under(report, "f1=0.3, questions=6,citation_exact=1.0") == []
    assert fail_under(report, "f1=0.5,auroc=0.2,refused=0.75") == [
        "f1 is 0.333333, and must be at least 0.5",
        "refused is 0.5, and must be at least 0.75",
    ]
    alone = evaluate(FakeAssistant(DOCUMENTS), Gold(questions=QUESTIONS[4:]))
    assert fail_under(alone, "auroc=0.5") == [
        "auroc is undefined on this gold set, and must be at least 0.5"
    ]


@pytest.mark.parametrize(
    ("thresholds", "message"),
    [
        ("", "'' is not a threshold"),
        ("f1", "'f1' is not a threshold"),
        ("f1=0.8,", "'' is not a threshold"),
        ("f1=high", "'f1=high' is not a threshold"),
        ("f1=nan", "'f1=nan' is not a threshold"),
        ("f2=0.5", "'f2' is not a metric; the metrics are questions, answerable"),
        ("ece=0.05", "'ece' can't be checked: lower is better"),
    ],
)
def test_fail_under_refuses_what_it_cannot_check(
    report: Report, thresholds: str, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        fail_under(report, thresholds)
    with pytest.raises(InputError, match=re.escape(message)):
        check_thresholds(thresholds)


class FakeReader:
    """Marks the word after the question's last word; its score is the word's length less six."""

    fingerprint = "fake"

    def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
        spans = [
            Span(hit=hit, start=match.start(1), end=match.end(1), score=len(match.group(1)) - 6.0)
            for hit in hits
            if (match := re.search(rf"\b{question.split()[-1]} (\w+)", hit.passage.text))
        ]
        return sorted(spans, key=lambda span: -span.score)


CONTEXT = "north Reykjavik and east Ankara and west Lima and south Montevideo."


def squad(*questions: tuple[str, list[str]]) -> tuple[SquadContext, ...]:
    return tuple(
        SquadContext(
            title=f"Article_{number}",
            text=CONTEXT,
            questions=(
                SquadQuestion(
                    id=str(number),
                    question=question,
                    answers=tuple(SquadAnswer(text=text, start=None) for text in answers),
                ),
            ),
        )
        for number, (question, answers) in enumerate(questions)
    )


def test_reader_alone_on_squad_1_always_answers() -> None:
    figures = evaluate_reader(
        FakeReader(),
        squad(
            ("after north", ["Reykjavik"]),  # score 3
            ("after west", ["Lima Peru", "Peru"]),  # score -2, and given all the same
            ("after zenith", ["nowhere"]),  # no span
        ),
    )
    assert figures == {"exact": pytest.approx(1 / 3), "f1": pytest.approx(5 / 9), "total": 3}


def test_reader_alone_on_squad_2() -> None:
    figures = evaluate_reader(
        FakeReader(),
        squad(
            ("after north", ["Reykjavik"]),  # score 3: given, right
            ("after east", ["Ankara"]),  # score 0: refused, and would be right
            ("after west", []),  # score -2: refused, rightly
            ("after south", []),  # score 4: given, wrongly
            ("after zenith", []),  # no span: refused, rightly
        ),
    )
    # From the surest: +0, then -1 for south, +1 north, +1 Ankara at 0, -1 for west.
    assert figures == {
        "exact": pytest.approx(3 / 5),
        "f1": pytest.approx(3 / 5),
        "total": 5,
        "HasAns_exact": 0.5,
        "HasAns_f1": 0.5,
        "HasAns_total": 2,
        "NoAns_exact": pytest.approx(2 / 3),
        "NoAns_f1": pytest.approx(2 / 3),
        "NoAns_total": 3,
        "best_exact": pytest.approx(4 / 5),
        "best_exact_thresh": 0.0,
        "best_f1": pytest.approx(4 / 5),
        "best_f1_thresh": 0.0,
    }
    assert fail_under(figures, "best_f1=0.9,exact=0.5") == [
        "best_f1 is 0.8, and must be at least 0.9"
    ]
    assert "HasAns_f1          50.0 %  token F1" in metrics_text(figures)
