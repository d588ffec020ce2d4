"""Trains the reader that ships on from the average of two others.

    python -m tests.training.second_stage SOURCES --start averaged --out reader --hours 1.5

SOURCES is the folder of `tests/training/mix.py`. In it are, in an order of chance:

* answerable questions: written ones, those on invented passages, crowd questions of the sources;
* questions asked of another paragraph, which BM25 ranks high and which doesn't answer;
* the rows of invented tables (`tests/training/rows.py`);
* near misses, written to look answerable by the paragraph. They teach a head of their own, whether
  the paragraph answers, and nothing of the spans' scores: there, "no answer" would come to mean
  two things at once (docs/reader.md). The head is kept in the file and isn't read by anything yet.

The learning rate falls to nothing over the hours given, however many examples that is.
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from index.types import Range
from qa import fine_tune
from qa.reader_folder import inputs, load_model, load_tokenizer
from qa.training_data import TrainingExample
from qa.windows import padded, windows
from tests.training import mix
from tests.training.rows import PASSAGES, has_table, row_examples

LEARNING_RATE = 6e-5
WARM_UP_STEPS = 40
BATCH_TOKENS = 4096
HEAD_WEIGHT = 0.5  # of its loss, beside that of the spans
WRITTEN_ELSEWHERE, INVENTED_ELSEWHERE, NEAR_MISSES = 7000, 1500, 8500
SEED = 5

# Of each source so many answerable questions, and so many asked of another paragraph.
SHARES = {
    "squad11_train44": (4500, 1500),
    "squad_emptycity": (1500, 300),
    "squadshifts_newwiki": (1200, 300),
    "squadshifts_reddit": (400, 0),
    "squadshifts_amazon": (400, 0),
    "qed_nq": (1000, 400),
    "nqopen_oracle": (500, 0),
    "fairytaleqa": (300, 0),
    "covidqa": (150, 0),
    "sleepqa": (150, 0),
    "tatqa_text": (300, 0),
    "hotpotqa_small": (150, 0),
}


def examples(folder: Path) -> list[tuple[TrainingExample, bool]]:
    """Each with whether it is a near miss, in an order of chance, the same each time."""
    chance = random.Random(SEED)
    sources = {name: mix.read_records(folder / f"{name}.jsonl.gz") for name in SHARES}
    written = list(mix.written_records(sources, used=None))
    right = [record for record in written if record["answers"]]
    near = [record for record in written if not record["answers"]]
    with gzip.open(PASSAGES, "rt", encoding="utf-8") as file:
        invented = [json.loads(line) | {"licence": "Apache-2.0"} for line in file]
    prose = [record for record in invented if not has_table(record["context"])]
    answered = [record for record in prose if record["answers"]]
    every = [record for records in sources.values() for record in records]
    records = [mix.shortened(record, chance) for record in right]
    records += mix.asked_elsewhere(every, chance.sample(right, WRITTEN_ELSEWHERE), "written")
    records += [mix.plain_example(record) for record in answered]
    records += mix.asked_elsewhere(prose, chance.sample(answered, INVENTED_ELSEWHERE), "invented")
    for name, (answerable, asked_elsewhere) in SHARES.items():
        chosen = chance.sample(sources[name], min(answerable, len(sources[name])))
        records += [mix.shortened(record, chance) for record in chosen]
        records += mix.asked_elsewhere(sources[name], chosen[:asked_elsewhere], name)
    records += row_examples()
    near = [record for record in near if len(record["context"]) <= mix.MAX_CONTEXT_CHARACTERS]
    near = chance.sample(near, NEAR_MISSES)
    near += [
        mix.plain_example(r)
        for r in mix.read_records(folder / f"{mix.UNANSWERABLE_SOURCE}.jsonl.gz")
    ]
    pairs = [(_example(r), False) for r in records] + [(_example(r), True) for r in near]
    chance.shuffle(pairs)
    return pairs


def _example(record: dict[str, Any]) -> TrainingExample:
    answers = tuple(
        Range(start=a["answer_start"], end=a["answer_start"] + len(a["text"]))
        for a in record["answers"]
    )
    return TrainingExample(question=record["question"], context=record["context"], answers=answers)


def train(pairs: list[tuple[TrainingExample, bool]], start: Path, out: Path, hours: float) -> None:
    import torch
    from safetensors.torch import save
    from torch.nn import functional

    model, tokenizer = load_model(start), load_tokenizer(start)
    head = torch.nn.Linear(model.config.hidden_size, 1)
    learning = [*fine_tune.learning_parameters(model, None), *head.parameters()]
    optimizer = torch.optim.AdamW(learning, weight_decay=0.01, fused=True)
    began, seen = time.monotonic(), 0
    for step, batch in enumerate(_batches(tokenizer, pairs)):
        left = 1 - (time.monotonic() - began) / (3600 * hours)
        if left <= 0:
            break
        rate = LEARNING_RATE * left * min(1.0, (step + 1) / WARM_UP_STEPS)
        optimizer.param_groups[0]["lr"] = rate
        targets = [target for target, _ in batch]
        counts = torch.tensor([not is_near for _, is_near in batch])
        read = inputs(model, [t.ids for t in targets], [t.types for t in targets])
        hidden = model.base_model(**read).last_hidden_state
        spans = torch.from_numpy(padded([target.spans for target in targets], fill=-1))
        right = fine_tune.log_likelihood(model.qa_outputs(hidden), read["attention_mask"], spans)
        answers = torch.tensor([float(target.spans[0, 0] > 0) for target in targets])
        loss = -(right * counts).sum() / counts.sum().clamp(min=1)
        loss = loss + HEAD_WEIGHT * functional.binary_cross_entropy_with_logits(
            head(hidden[:, 0]).squeeze(1), answers
        )
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seen += len(batch)
        if step % 50 == 0:
            print(f"{seen} windows, loss {loss.item():.2f}", flush=True)
    out.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (out / name).write_bytes((start / name).read_bytes())
    weights = {name: w.detach().half().contiguous() for name, w in model.state_dict().items()}
    weights |= {f"answerable.{name}": w.detach().half() for name, w in head.named_parameters()}
    (out / "model.safetensors").write_bytes(save(weights, metadata={"format": "pt"}))


def _batches(tokenizer: Any, pairs: list[tuple[TrainingExample, bool]]) -> Iterator[list[Any]]:
    """Batches of (target, is it a near miss), like lengths together, in an order of chance."""
    chance = random.Random(SEED)
    for first in range(0, len(pairs), 2400):
        cut = [
            (fine_tune.target_of(window, example), is_near)
            for example, is_near in pairs[first : first + 2400]
            for window in windows(tokenizer, example.question, [example.context])
        ]
        cut.sort(key=lambda pair: len(pair[0].ids))
        sizes = np.array([len(target.ids) for target, _ in cut])
        batches, begin = [], 0
        for end in range(1, len(cut) + 1):
            if end == len(cut) or (end + 1 - begin) * sizes[end] > BATCH_TOKENS:
                batches.append(cut[begin:end])
                begin = end
        chance.shuffle(batches)
        yield from batches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="SOURCES")
    parser.add_argument("--start", type=Path, required=True, metavar="READER")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hours", type=float, default=1.5)
    options = parser.parse_args()
    train(examples(options.folder), options.start, options.out, options.hours)


if __name__ == "__main__":
    main()
