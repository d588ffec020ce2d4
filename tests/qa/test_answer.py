import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import qa.answer
from index.collection import Collection
from index.errors import CollectionError, InputError
from index.scope import Scope
from index.sync import remove, sync
from index.types import Content, Document, Passage
from qa.answer import Assistant, cite
from qa.confidence import UNFITTED
from qa.types import Answer, Hit, Span, Turn
from tests.fakes import NumberReader, WordEmbedder, write

FILES = {
    "a.txt": "Mr. Lee dug a well. The old well is 40 feet deep. It never ran dry.",
    "b.txt": "By another account the well is 40 feet deep, and so is the ditch.",
    "c.txt": "The tower has 99 steps.",
    "d.txt": "Nobody counted the horses.",
}


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", FILES)], WordEmbedder())
    yield collection
    collection.close()


@pytest.fixture
def assistant(collection: Collection) -> Assistant:
    return Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)


def assert_exact(assistant: Assistant, answer: Answer) -> None:
    for citation in answer.citations:
        text = assistant.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
        start = citation.sentence_start
        assert text[start : start + len(citation.sentence)] == citation.sentence
        assert citation.quote in citation.sentence


def test_the_answer_is_cited_in_its_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("How deep is the old well?")
    assert (answer.status, answer.text) == ("answered", "40")
    first = answer.citations[0]
    assert (first.document, first.sentence) == ("a.txt", "The old well is 40 feet deep.")
    assert_exact(assistant, answer)


def test_given_passages_are_read_alone(assistant: Assistant) -> None:
    tower = assistant.passages("c.txt")
    assert [passage.text for passage in tower] == [FILES["c.txt"]]
    assert assistant.best_in("How deep is the old well?", tower) == "99"
    assert assistant.best_in("How deep is the old well?", assistant.passages("d.txt")) == ""


def test_the_generation_counts_changes(assistant: Assistant, collection: Collection) -> None:
    before = assistant.generation
    remove(collection, "d.txt")
    assert assistant.generation > before


def test_the_same_answer_of_two_documents_is_one_with_both_citations(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("How deep is the well?")
    texts = [candidate.text for candidate in answer.candidates]
    assert texts == ["40", "99"]
    cited = [answer.citations[index].document for index in answer.candidates[0].citations]
    assert sorted(cited) == ["a.txt", "b.txt"]
    assert sorted(index for c in answer.candidates for index in c.citations) == [0, 1, 2]


def test_below_the_threshold_it_abstains_and_still_shows_what_it_has(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("Whose umbrella?")
    assert (answer.status, answer.text) == ("abstained", None)
    assert answer.candidates
    assert answer.confidence == answer.candidates[0].confidence < 0.3
    assert {hit.passage.document for hit in answer.hits} == set(FILES)


def test_without_any_candidate_it_abstains(collection: Collection) -> None:
    remove(collection, "a.txt")
    remove(collection, "b.txt")
    remove(collection, "c.txt")
    answer = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED).ask("How deep?")
    assert (answer.status, answer.confidence, answer.candidates) == ("abstained", 0.0, ())
    assert len(answer.hits) == 1


def test_an_empty_collection_abstains(tmp_path: Path) -> None:
    collection = Collection(tmp_path / "empty", create=True)
    answer = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED).ask("How deep?")
    assert (answer.status, answer.hits) == ("abstained", ())
    collection.close()


def test_a_document_that_was_replaced_meanwhile_is_not_cited(
    collection: Collection, tmp_path: Path
) -> None:
    class Replacing(NumberReader):
        def read(self, question, hits, among=()):  # type: ignore[no-untyped-def]
            spans = super().read(question, hits)
            write(tmp_path / "papers", {"a.txt": "The well was filled in. 7 men did it."})
            sync(collection, [], WordEmbedder())
            return spans

    answer = Assistant(collection, WordEmbedder(), Replacing(), UNFITTED).ask("How deep a well?")
    assert [citation.document for citation in answer.citations] == ["b.txt", "c.txt"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "The question is empty"),
        (" \n\t ", "The question is empty"),
        ("x" * 100_000, "has 100,000 characters, more than the 1,000 that are read"),
    ],
)
def test_wrong_questions_are_one_line(assistant: Assistant, question: str, message: str) -> None:
    for put in (assistant.ask, assistant.search):
        with pytest.raises(InputError, match=message):
            put(question)


@pytest.mark.parametrize("question", ["\x00", "\ud800 deep?", "😀", "AND OR (", "한국의 수도는?"])
def test_odd_questions_get_an_answer(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).status in ("answered", "unsure", "abstained")


def test_search_gives_passages_best_first(assistant: Assistant) -> None:
    hits = assistant.search("tower steps", limit=2)
    assert hits[0].passage.document == "c.txt"
    assert [hit.rank for hit in hits] == [1, 2]


def test_opening_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="There is no collection"):
        Assistant.open(tmp_path / "nowhere")


def test_a_quote_that_does_not_read_back_is_a_defect() -> None:
    passage = Passage(
        id=1, document_id=1, document="a", title="", start=0, end=5, text="words", heading=None,
        page=None,
    )  # fmt: skip
    span = Span(hit=Hit(passage=passage, score=0.0, rank=1), start=0, end=5, score=1.0)
    document = Document(id=1, name="a", sha256="", content=Content(title="", text="swords"))
    with pytest.raises(AssertionError, match="doesn't say 'words'"):
        cite(document, span)


def test_a_reader_from_the_hub_is_fetched_before_the_hub_is_shut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "")  # so that what is set below is undone afterwards
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.delenv("QA_EMBEDDER", raising=False)
    monkeypatch.setenv("QA_READER", "owner/reader")
    asked: list[str | None] = []

    def fetch(name: str, variable: str) -> Path:
        asked.append(os.environ.get("HF_HUB_OFFLINE"))
        return tmp_path

    monkeypatch.setattr(qa.answer, "model_folder", fetch)
    with pytest.raises(CollectionError):
        Assistant.open(tmp_path / "nowhere")
    assert asked == [None]
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_question_for_yes_or_no_gets_the_sentence_that_settles_it(assistant: Assistant) -> None:
    answer = assistant.ask("Is the old well 40 feet deep?")
    best = answer.candidates[0]
    assert (answer.question_type, best.evidence) == ("yes_no", True)
    assert best.text == "The old well is 40 feet deep."
    assert_exact(assistant, answer)


def test_documents_that_disagree_are_both_named(
    collection: Collection, tmp_path: Path, assistant: Assistant
) -> None:
    write(
        tmp_path / "papers", {"e.md": "---\ndate: 2023-05-20\n---\nThe old well is 41 feet deep."}
    )
    sync(collection, [], WordEmbedder())
    answer = assistant.ask("How deep is the old well of the village?")
    assert [answer.candidates[i].text for i in answer.disagreement] == ["41", "40"]
    dates = {citation.document: citation.date for citation in answer.citations}
    assert (dates["a.txt"], dates["e.md"]) == (None, "2023-05-20")
    assert answer.status != "abstained"
    assert assistant.ask("How many steps has the tower?").disagreement == ()


def test_a_sentence_that_is_an_item_of_a_list_is_evidence_without_its_bullet(
    collection: Collection, tmp_path: Path, assistant: Assistant
) -> None:
    write(tmp_path / "papers", {"f.md": "- The new pier is 80 metres long.\n- It is red."})
    sync(collection, [], WordEmbedder())
    best = assistant.ask("Is the new pier 80 metres long?").candidates[0]
    assert (best.text, best.evidence) == ("The new pier is 80 metres long.", True)


def test_a_follow_up_is_answered_by_what_it_means(assistant: Assistant) -> None:
    history = [Turn(question="How deep is the well?", answer="40 feet")]
    answer = assistant.ask("And the tower?", history)
    assert (answer.question, answer.standalone_question) == (
        "And the tower?",
        "How deep is the well, the tower?",
    )
    assert answer.text == "40"


def test_a_question_that_names_nothing_is_asked_both_ways(collection: Collection) -> None:
    asked = []

    class Listening(NumberReader):
        def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
            asked.extend([question] if hits[0].rank == 1 else [])
            return []

    assistant = Assistant(collection, WordEmbedder(), Listening(), UNFITTED)
    history = [Turn(question="Who built the Eiffel Tower?", answer="Gustave Eiffel")]
    answer = assistant.ask("Did anybody fall?", history)
    topical = "Gustave Eiffel, the Eiffel Tower: Did anybody fall?"
    assert asked == ["Did anybody fall?", topical]
    assert answer.standalone_question == topical
    asked.clear()
    assert assistant.ask("Did anybody fall in Paris?", history).standalone_question == (
        "Did anybody fall in Paris?"
    )
    assert asked == ["Did anybody fall in Paris?"]


def test_a_possibility_stays_unless_the_topic_makes_one_likelier(collection: Collection) -> None:
    scores = {"How many steps?": -0.5, "Anna Ito: How many steps?": -0.6}

    class Unsure(NumberReader):
        def read(self, question: str, hits: Sequence[Hit], among: Sequence[Hit] = ()) -> list[Span]:
            return [replace(one, score=scores[question]) for one in super().read(question, hits)]

    assistant = Assistant(collection, WordEmbedder(), Unsure(), UNFITTED)
    history = [Turn(question="Who was Anna Ito?", answer=None)]
    answer = assistant.ask("How many steps?", history)
    assert (answer.status, answer.standalone_question) == ("unsure", "How many steps?")
    scores["Anna Ito: How many steps?"] = -0.4
    answer = assistant.ask("How many steps?", history)
    assert (answer.status, answer.standalone_question) == ("unsure", "Anna Ito: How many steps?")


def test_only_the_documents_in_scope_are_asked(assistant: Assistant) -> None:
    answer = assistant.ask("How deep is the well?", scope=Scope(documents=("c.txt",)))
    assert {hit.passage.document for hit in answer.hits} == {"c.txt"}
    with pytest.raises(InputError, match="no document 'gone'"):
        assistant.ask("How deep is the well?", scope=Scope(documents=("gone",)))


def test_citations_and_passages_say_where_they_stand(tmp_path: Path) -> None:
    rows = "".join(f"{year},{year - 1995}.5\n" for year in range(2010, 2019))
    collection = Collection(tmp_path / "collection", create=True)
    sync(collection, [write(tmp_path / "papers", {"t.csv": f"Year,Total\n{rows}"})], WordEmbedder())
    assistant = Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)
    (hit,) = assistant.search("total 2017")
    assert hit.passage.location == (("row", 1), ("column", 1))
    document = assistant.document("t.csv")
    for words, location in (
        ("2017", (("row", 9), ("column", 1))),
        ("Total: 22.5", (("row", 9), ("column", 2))),
        ("22.5", (("row", 9), ("column", 2))),
    ):
        start = document.text.index(words)
        citation = cite(document, Span(hit=hit, start=start, end=start + len(words), score=1.0))
        assert (citation.quote, citation.location) == (words, location)
    assistant.close()


KOREAN = "등대지기는 염소 열한 마리를 키웠다. 등대는 1867년에 처음 불을 밝혔다."
RUSSIAN = "Маяк на мысе был построен в 1867 году. Смотритель маяка держал 11 коз."


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Assistant]:
    collection = Collection(tmp_path / "mixed", create=True)
    files = {**FILES, "ko.txt": KOREAN, "ru.txt": RUSSIAN}
    sync(collection, [write(tmp_path / "mixed papers", files)], WordEmbedder())
    yield Assistant(collection, WordEmbedder(), NumberReader(), UNFITTED)
    collection.close()


@pytest.mark.parametrize(
    ("question", "language", "document"),
    [
        ("등대의 불은 언제 켜졌습니까?", "ko", "ko.txt"),
        ("Когда построили маяки?", "ru", "ru.txt"),
        ("Сколько козы у смотрителей?", "ru", "ru.txt"),
    ],
)
def test_other_languages_are_found_and_not_read(
    mixed: Assistant, question: str, language: str, document: str
) -> None:
    answer = mixed.ask(question)
    assert (answer.status, answer.unread_language) == ("abstained", language)
    assert (answer.text, answer.candidates, answer.citations) == (None, (), ())
    assert answer.hits[0].passage.document == document


def test_an_english_question_beside_other_languages_is_answered(mixed: Assistant) -> None:
    answer = mixed.ask("How deep is the old well?")
    assert (answer.status, answer.text, answer.unread_language) == ("answered", "40", None)


def test_where_the_nearest_passage_is_in_another_language_nothing_is_guessed(
    mixed: Assistant,
) -> None:
    answer = mixed.ask("Who knows 등대지기는, 염소 and 마리를?")
    assert (answer.status, answer.unread_language) == ("abstained", "ko")
    assert (answer.candidates, answer.hits[0].passage.document) == ((), "ko.txt")
