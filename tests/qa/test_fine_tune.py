"""Training a small reader: what it learns, what stays, stopping and going on."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from transformers import BertConfig, BertForQuestionAnswering

from index.errors import InputError
from index.types import Passage, Range
from qa import fine_tune as module
from qa.fine_tune import CHECKPOINT, Recipe, fine_tune
from qa.read import ExtractiveReader
from qa.reader_folder import SHIPPED_READER, inputs, load_model, load_tokenizer
from qa.training_data import TrainingExample
from qa.types import Hit
from qa.windows import windows

RECIPE = Recipe(epochs=1, learning_rate=1e-3, layers=None, seed=0)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader of two narrow layers with weights of chance."""
    folder = tmp_path_factory.mktemp("start")
    torch.manual_seed(1)
    config = BertConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, initializer_range=0.2,
    )  # fmt: skip
    config.architectures = ["BertForQuestionAnswering"]
    model = BertForQuestionAnswering(config)
    config.save_pretrained(folder)
    safetensors.torch.save_file(model.state_dict(), folder / "model.safetensors")
    shutil.copy(SHIPPED_READER / "tokenizer.json", folder)
    return folder


def example(question: str, context: str, *answers: str) -> TrainingExample:
    found = [(context.index(answer), len(answer)) for answer in answers]
    return TrainingExample(
        question=question,
        context=context,
        answers=tuple(Range(start=at, end=at + length) for at, length in found),
    )


def numbered(count: int) -> list[TrainingExample]:
    """Questions for the number in a sentence, every third of which has none."""
    return [
        example("how many?", f"there are {number} ships here", str(number))
        if number % 3
        else example("how many?", "there are no ships here")
        for number in range(10, 10 + count)
    ]


def weights(folder: Path) -> dict[str, Any]:
    return safetensors.torch.load_file(folder / "model.safetensors")


def best(folder: Path, question: str, text: str) -> tuple[str, float]:
    passage = Passage(
        id=1, document_id=1, document="a.txt", title="", start=0, end=len(text), text=text,
        heading=None, page=None,
    )  # fmt: skip
    span = ExtractiveReader.load(folder).read(question, [Hit(passage=passage, score=1, rank=1)])[0]
    return span.text, span.score


def test_it_learns_to_mark_and_to_be_quiet(start: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    recipe = Recipe(epochs=30, learning_rate=3e-3, layers=None, seed=0)
    fine_tune(numbered(60), start=start, out=out, recipe=recipe)
    text, score = best(out, "how many?", "there are 41 ships here")
    assert (text, score > 0) == ("41", True)
    assert best(out, "how many?", "there are no ships here")[1] < 0
    assert sorted(path.name for path in out.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    assert all(tensor.dtype == torch.float16 for tensor in weights(out).values())


def test_only_the_upper_layers_learn(start: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    recipe = Recipe(epochs=1, learning_rate=1e-3, layers=1, seed=0)
    fine_tune(numbered(12), start=start, out=out, recipe=recipe)
    before, after = weights(start), weights(out)
    changed = {name for name in before if not torch.equal(before[name].half(), after[name])}
    assert changed
    assert all(name.startswith(("bert.encoder.layer.1.", "qa_outputs.")) for name in changed)


@pytest.mark.parametrize("layers", [0, 3])
def test_layers_that_it_does_not_have(start: Path, tmp_path: Path, layers: int) -> None:
    recipe = Recipe(epochs=1, learning_rate=1e-3, layers=layers, seed=0)
    with pytest.raises(InputError, match=rf"--layers is {layers}, but the reader has 2"):
        fine_tune(numbered(3), start=start, out=tmp_path / "out", recipe=recipe)


def test_a_stopped_training_goes_on_as_if_it_had_not_been(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH_TOKENS", 64)
    examples, recipe = numbered(40), Recipe(epochs=2, learning_rate=1e-3, layers=None, seed=3)
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    fine_tune(examples, start=start, out=whole, recipe=recipe)
    loss, calls = module._loss, 0

    def interrupted(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 7:
            raise KeyboardInterrupt
        return loss(*arguments)

    monkeypatch.setattr(module, "_loss", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fine_tune(examples, start=start, out=stopped, recipe=recipe)
    assert [path.name for path in stopped.iterdir()] == [CHECKPOINT]
    with pytest.raises(InputError, match="a training with other files"):
        fine_tune(examples[1:], start=start, out=stopped, recipe=recipe)
    with pytest.raises(InputError, match="a training with other files"):
        fine_tune(examples, start=start, out=stopped, recipe=RECIPE)
    fine_tune(examples, start=start, out=stopped, recipe=recipe)
    after = weights(stopped)
    assert all(torch.equal(tensor, after[name]) for name, tensor in weights(whole).items())
    assert not (stopped / CHECKPOINT).exists()


def test_a_folder_that_holds_something_is_left_alone(start: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada,")
    with pytest.raises(InputError, match="is not empty; give --out a new folder"):
        fine_tune(numbered(3), start=start, out=tmp_path, recipe=RECIPE)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_targets_are_the_tokens_of_the_answers() -> None:
    tokenizer = load_tokenizer(SHIPPED_READER)
    text = "Moon Jae-in (born 1953) met him on 17 May."
    asked = example("who?", text, "Moon Jae-in", "17 May")
    (target,) = module._targets(tokenizer, [asked])
    (window,) = windows(tokenizer, "who?", [text], [""])
    spans = [
        text[window.offsets[first, 0] : window.offsets[last, 1]] for first, last in target.spans
    ]
    assert spans == ["Moon Jae-in", "17 May"]


def test_what_stands_above_is_seen_and_never_marked() -> None:
    tokenizer = load_tokenizer(SHIPPED_READER)
    asked = replace(example("who?", "Moon met him.", "Moon"), above="Moon's visits\n")
    (target,) = module._targets(tokenizer, [asked])
    assert tokenizer.decode(target.ids.tolist()) == "who? moon ' s visits moon met him."
    ((first, last),) = target.spans
    assert (tokenizer.decode(target.ids[first : last + 1].tolist()), int(first)) == ("moon", 8)


def test_a_window_without_the_whole_answer_says_nothing() -> None:
    tokenizer = load_tokenizer(SHIPPED_READER)
    asked = example("when?", "herring " * 700 + "in 1874 " + "herring " * 700, "1874")
    targets = list(module._targets(tokenizer, [asked]))
    holding = [target for target in targets if target.spans.tolist() != [[0, 0]]]
    assert len(targets) > len(holding) >= 1
    for target in holding:
        ((first, last),) = target.spans
        assert tokenizer.decode(target.ids[first : last + 1].tolist()) == "1874"


def test_the_loss_is_of_all_right_spans_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compared with the formula written out for each window by itself, in fp32 on any processor."""
    monkeypatch.setattr(module, "computes_bf16", lambda: False)
    model, tokenizer = load_model(SHIPPED_READER), load_tokenizer(SHIPPED_READER)
    batch = list(
        module._targets(
            tokenizer,
            [
                example("who?", "Ada met Charles in London.", "Ada", "Charles"),
                example("when did they meet?", "Ada met Charles in the old city of London."),
            ],
        )
    )
    wanted = []
    for target in batch:
        with torch.no_grad():
            hidden = model.base_model(**inputs(model, [target.ids], [target.types]))
            logits = model.qa_outputs(hidden.last_hidden_state)[0].double().numpy()
        starts, ends = (np.exp(column) / np.exp(column).sum() for column in logits.T)
        wanted.append(-np.log(sum(starts[first] * ends[last] for first, last in target.spans)))
    with torch.no_grad():
        loss = module._loss(model, batch, torch.device("cpu"))
    assert loss.item() == pytest.approx(np.mean(wanted), rel=1e-4)


def test_batches_hold_every_window_once_an_epoch_within_the_bound() -> None:
    tokenizer = load_tokenizer(SHIPPED_READER)
    asked = [example("how many?", "ships " * (number % 90 + 1)) for number in range(400)]
    targets = list(module._targets(tokenizer, asked))
    two = Recipe(epochs=2, learning_rate=1e-3, layers=None, seed=0)
    batches = list(module._batches(targets, two))
    order = [id(target) for batch in batches for target in batch]
    assert sorted(order) == sorted([id(target) for target in targets] * 2)
    assert order[:400] != order[400:]
    for batch in batches:
        assert len(batch) * max(len(target.ids) for target in batch) <= module._BATCH_TOKENS
    again = list(module._batches(targets, two))
    assert [id(target) for batch in again for target in batch] == order


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    rates = [module._warmth(step, 100) for step in range(100)]
    assert rates[:5] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rates[5] == 1.0
    assert rates[99] == pytest.approx(1 / 95)
    assert module._warmth(0, 1) == 1.0
