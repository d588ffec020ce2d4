"""Asking here against others that read the same passages with the same weights.

In an environment of its own, which needs this project's packages as well:

    pip install haystack-ai transformers-haystack
    python -m tests.benchmarks.peers DIR/collection tests/gold/sample.jsonl --every 2

Ours is timed from the question to the answer: embedding, finding, reading, choosing. The others get
the passages that were found for nothing, and only read. All answer always, so that their words can
be scored, and take turns, so that the ratios hold on a machine whose speed drifts.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.scope import EVERYTHING
from qa.answer import Assistant, reader_folder
from qa.enough import READ
from qa.gold import read_gold
from qa.metrics import exact_match, f1
from qa.types import Hit

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")


def haystack(folder: Path) -> Callable[[str, Sequence[Hit]], str]:
    """Haystack's extractive reader, as it comes."""
    from haystack import Document  # type: ignore[import-not-found]
    from haystack_integrations.components.readers.transformers import (  # type: ignore[import-not-found]
        TransformersExtractiveReader,
    )

    reader = TransformersExtractiveReader(model=folder, no_answer=False, top_k=1)
    reader.warm_up()

    def read(question: str, hits: Sequence[Hit]) -> str:
        documents = [Document(content=hit.passage.text) for hit in hits]
        answers = reader.run(query=question, documents=documents)["answers"]
        return answers[0].data if answers else ""

    return read


def plain_loop(folder: Path) -> Callable[[str, Sequence[Hit]], str]:
    """Transformers, a passage at a time: the best span by start and end logit over all passages."""
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    model: Any = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)

    def read(question: str, hits: Sequence[Hit]) -> str:
        best, words = float("-inf"), ""
        for hit in hits:
            taken = tokenizer(
                question,
                hit.passage.text,
                truncation="only_second",
                max_length=384,
                return_tensors="pt",
                return_offsets_mapping=True,
            )
            offsets = taken.pop("offset_mapping")[0]
            inside = torch.tensor([number == 1 for number in taken.sequence_ids(0)])
            with torch.inference_mode():
                logits = model(**taken)
            outside = torch.where(inside, 0.0, float("-inf"))
            scores = (logits.start_logits[0] + outside)[:, None] + (logits.end_logits[0] + outside)
            scores = scores.triu() + torch.full_like(scores, float("-inf")).tril(-1)
            score = float(scores.max())
            if score > best:
                start, end = divmod(int(scores.argmax()), len(offsets))
                best, words = score, hit.passage.text[offsets[start][0] : offsets[end][1]]
        return words

    return read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("collection", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth question")
    options = parser.parse_args()
    assistant = Assistant.open(options.collection)
    others = {"Haystack": haystack(reader_folder()), "Transformers": plain_loop(reader_folder())}
    asked = [gold for gold in read_gold(options.gold).questions if gold.answers][:: options.every]
    seconds: dict[str, list[float]] = {name: [] for name in ("here", *others)}
    scores: dict[str, list[tuple[float, float]]] = {name: [] for name in seconds}
    for place, gold in enumerate([*asked[:3], *asked]):
        started = time.perf_counter()
        answer = assistant.ask(gold.question)
        spent = {"here": time.perf_counter() - started}
        said = {"here": answer.candidates[0].text if answer.candidates else ""}
        hits = assistant._retrieve(gold.question, READ, EVERYTHING)
        for name, read in others.items():
            started = time.perf_counter()
            said[name] = read(gold.question, hits)
            spent[name] = time.perf_counter() - started
        if place < 3:  # the first ones warm up
            continue
        for name, words in said.items():
            seconds[name].append(spent[name])
            scores[name].append((exact_match(words, gold.answers), f1(words, gold.answers)))
    print(f"| {len(asked)} questions | p50, ms | ratio of p50 | EM | F1 |\n|---|---|---|---|---|")
    ours = statistics.median(seconds["here"])
    for name, spent_all in seconds.items():
        middle = statistics.median(spent_all)
        em, words_f1 = (statistics.mean(score[i] for score in scores[name]) for i in (0, 1))
        print(f"| {name} | {1000 * middle:.0f} | {middle / ours:.2f} | {em:.3f} | {words_f1:.3f} |")


if __name__ == "__main__":
    main()
