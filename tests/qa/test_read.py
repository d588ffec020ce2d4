"""The shipped reader on small texts: offsets, windows, odd input, threads, broken folders."""

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import DistilBertConfig, DistilBertForQuestionAnswering

import index.bert
from index.errors import InputError
from index.types import Passage
from qa import reader_folder
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER
from qa.types import Hit
from qa.windows import windows

QUESTION = "When was the lighthouse at Skerry Point built?"
ANSWER = "The lighthouse at Skerry Point was built in 1874 by two brothers from Leith. "
FILLER = "Herring were salted on the quay and sent south by rail in wooden barrels. "


def _hit(text: str, number: int = 1, start: int = 0) -> Hit:
    passage = Passage(
        id=number,
        document_id=1,
        document="notes.txt",
        title="Notes",
        start=start,
        end=start + len(text),
        text=text,
        heading=None,
        page=None,
    )
    return Hit(passage=passage, score=1.0, rank=number)


@pytest.fixture(scope="module")
def reader() -> ExtractiveReader:
    return ExtractiveReader.load()


def test_the_best_span_answers_and_its_offsets_are_the_documents(reader: ExtractiveReader) -> None:
    document = FILLER * 3 + ANSWER + FILLER * 2
    middle = len(FILLER) * 2
    spans = reader.read(QUESTION, [_hit(FILLER, 1), _hit(document[middle:], 2, start=middle)])
    best = spans[0]
    assert (best.text, best.hit.rank) == ("1874", 2)
    assert all(span.text == document[span.start : span.end] for span in spans if span.hit.rank == 2)
    assert [span.score for span in spans] == sorted((s.score for s in spans), reverse=True)


def test_an_answer_far_beyond_the_first_window_is_found(reader: ExtractiveReader) -> None:
    text = FILLER * 40 + ANSWER + FILLER * 40
    best = reader.read(QUESTION, [_hit(text)])[0]
    assert best.text == "1874"
    assert best.start == text.index("1874")


def test_logits_are_those_of_transformers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index.bert, reader_folder):
        monkeypatch.setattr(module, "computes_bf16", lambda: False)
    texts = [FILLER * (1 + number % 7 * 4) for number in range(9)]
    tokenizer = reader_folder.load_tokenizer(SHIPPED_READER)
    cut = list(windows(tokenizer, QUESTION, texts, [""] * len(texts)))
    assert len(cut) > len(texts)
    ids, types = [window.ids for window in cut], [window.types for window in cut]
    ours = reader_folder.load_reader(SHIPPED_READER)(ids, types)
    theirs = reader_folder._load_by_library(SHIPPED_READER)(ids, types)
    for window, own, their in zip(cut, ours, theirs, strict=True):
        assert own.shape == (len(window.ids), 2)
        assert own == pytest.approx(their, abs=1e-4)


def test_a_reader_that_isnt_bert_is_read_by_transformers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = DistilBertConfig(vocab_size=30522, dim=48, n_heads=4, n_layers=1, hidden_dim=64)
    DistilBertForQuestionAnswering(config).save_pretrained(tmp_path)
    shutil.copy(SHIPPED_READER / "tokenizer.json", tmp_path)
    spans = ExtractiveReader.load(tmp_path).read(QUESTION, [_hit(FILLER), _hit(ANSWER, 2)])
    assert {span.hit.rank for span in spans} == {1, 2}


def test_company_in_a_batch_does_not_change_a_score(reader: ExtractiveReader) -> None:
    alone = reader.read(QUESTION, [_hit(ANSWER)])[0]
    hits = [_hit(ANSWER), *(_hit(FILLER * number, number) for number in (2, 5, 9, 30))]
    together = next(span for span in reader.read(QUESTION, hits) if span.hit.rank == 1)
    assert (together.start, together.end) == (alone.start, alone.end)
    assert together.score == pytest.approx(alone.score, abs=0.25)  # bf16 rounds


def test_no_hits_no_spans(reader: ExtractiveReader) -> None:
    assert reader.read(QUESTION, []) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "→ ← ★ ☂",
        "🙂🙃👩‍👩‍👧",
        "등대는 1874년에 지어졌다.",
        "ᚠᚢᚦ ᚨᚱᚲ",
        "x" * 3000,
        "\x00\ufffd\ud83d",
    ],
)
def test_odd_passages_are_read(reader: ExtractiveReader, text: str) -> None:
    hit = _hit(text, start=7)
    for span in reader.read(QUESTION, [hit]):
        assert hit.passage.start <= span.start < span.end <= hit.passage.end
        assert np.isfinite(span.score)
        assert span.text == span.text.strip() != ""


@pytest.mark.parametrize(
    "question", ["", "?", "\ud83d", QUESTION + " and so on" * 1000, "장" * 5000]
)
def test_odd_questions_are_read(reader: ExtractiveReader, question: str) -> None:
    spans = reader.read(question, [_hit(FILLER * 10 + ANSWER)])
    assert spans
    assert all(np.isfinite(span.score) for span in spans)


def test_threads_get_what_one_gets(reader: ExtractiveReader) -> None:
    batches = [[_hit(FILLER * n + ANSWER, n), _hit(FILLER * 2)] for n in range(1, 9)]
    alone = [reader.read(QUESTION, hits) for hits in batches]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda hits: reader.read(QUESTION, hits), batches)) == alone


def test_bf16_and_fp32_agree(monkeypatch: pytest.MonkeyPatch, reader: ExtractiveReader) -> None:
    monkeypatch.setattr(index.bert, "computes_bf16", lambda: False)
    exact = ExtractiveReader.load().read(QUESTION, [_hit(ANSWER + FILLER)])[0]
    quick = reader.read(QUESTION, [_hit(ANSWER + FILLER)])[0]
    assert quick.text == exact.text
    assert quick.score == pytest.approx(exact.score, abs=0.5)


def test_fingerprint_is_of_the_weights(reader: ExtractiveReader) -> None:
    weights = (SHIPPED_READER / "model.safetensors").read_bytes()
    assert reader.fingerprint == hashlib.sha256(weights).hexdigest()[:16]


def test_loading_and_reading_are_silent(capfd: pytest.CaptureFixture[str]) -> None:
    ExtractiveReader.load().read(QUESTION, [_hit(ANSWER)])
    assert capfd.readouterr() == ("", "")


def _copy(folder: Path) -> Path:
    folder.mkdir()
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        shutil.copy(SHIPPED_READER / name, folder)
    return folder


def _edit_config(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _lose_head(folder: Path) -> None:
    import safetensors.torch as store

    path = folder / "model.safetensors"
    weights = store.load_file(path)
    store.save_file({k: v for k, v in weights.items() if not k.startswith("qa_outputs")}, path)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda f: (f / "tokenizer.json").unlink(), "it has no file tokenizer.json"),
        (lambda f: (f / "model.safetensors").unlink(), "it has no file model.safetensors"),
        (lambda f: (f / "model.safetensors").write_bytes(b"x" * 99), "its weights don't fit"),
        (lambda f: (f / "tokenizer.json").write_text("{}"), "its tokenizer.json can't be read"),
        (lambda f: (f / "config.json").write_text("no json"), "names no architecture"),
        (lambda f: (f / "config.json").write_text("[]"), "names no architecture"),
        (lambda f: _edit_config(f, architectures=["BertModel"]), "names a BertModel"),
        (lambda f: _edit_config(f, model_type="novel"), "its weights don't fit"),
        (lambda f: _edit_config(f, hidden_size=96), "its weights don't fit"),
        (lambda f: _edit_config(f, num_attention_heads=7), "its weights don't fit"),
        (lambda f: _edit_config(f, num_attention_heads=0), "its weights don't fit"),
        (lambda f: _edit_config(f, num_hidden_layers=7), "its weights lack encoder.layer.6"),
        (_lose_head, "its weights lack qa_outputs"),
    ],
)
def test_a_folder_that_is_no_reader(tmp_path: Path, harm, reason: str) -> None:  # type: ignore[no-untyped-def]
    folder = _copy(tmp_path / "reader")
    harm(folder)
    with pytest.raises(InputError, match=reason) as raised:
        ExtractiveReader.load(folder)
    message = str(raised.value)
    assert message.startswith(f"{folder} is not an extractive reader")
    assert "\n" not in message
