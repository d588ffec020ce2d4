"""The examples that a general reader is trained on, mixed from their sources.

    python -m tests.training.mix SOURCES --out mix.jsonl.gz
    qa train mix.jsonl.gz --out reader

SOURCES is a folder with one gzipped file of JSON lines a source (docs/reader.md lists them with
their licences). Beside them come the questions in `written.jsonl.gz`, which say for which of the
sources' contexts they were written, and those on invented passages. What is made here by rule:

* contexts of one sentence get other sentences around them: those of neighbouring questions, which
  are mostly of the same article, then those that BM25 finds for the question;
* questions of whole paragraphs are asked again, unanswerable, about a paragraph that BM25 ranks
  high for them and that doesn't hold the answer;
* the rows of invented tables are read one by one (`rows.py`);
* of contexts longer than `MAX_CONTEXT_CHARACTERS` a stretch around the answer is kept.

The written questions that look answerable and aren't are few beside those asked of another
paragraph: both mean "no answer", and what the score must tell first is that a passage says nothing.
"""

import argparse
import gzip
import hashlib
import json
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from index.lexical import LexicalIndex
from index.sentences import sentences
from index.terms import terms
from qa.decode import trim
from tests.training.rows import has_table, row_examples

Record = dict[str, Any]
WRITTEN = Path(__file__).parent / "written.jsonl.gz"
INVENTED = Path(__file__).parent / "passages.jsonl.gz"
NEAR_MISSES = 6000  # of the written questions without an answer
# Of the written and the invented questions with an answer, so many are asked of another paragraph.
WRITTEN_ELSEWHERE, INVENTED_ELSEWHERE = 5000, 1500
MAX_CONTEXT_CHARACTERS = 1400
SEED = 0

# Of each source so many answerable questions, and so many asked again of another paragraph.
SHARES = {
    "squad11_train44": (11826, 4000),
    "squad_emptycity": (3520, 1000),
    "squadshifts_newwiki": (6000, 1500),
    "squadshifts_reddit": (1500, 0),
    "squadshifts_amazon": (1500, 0),
    "qed_nq": (5000, 1500),
    "nqopen_oracle": (2050, 500),
    "fairytaleqa": (500, 0),
    "covidqa": (300, 0),
    "sleepqa": (300, 0),
    "tatqa_text": (500, 0),
    "hotpotqa_small": (308, 0),
}
SENTENCE_SOURCE, SENTENCE_QUESTIONS = "squad11_train_sent", 8257
UNANSWERABLE_SOURCE = "squad2_train10"


def mix(folder: Path) -> list[Record]:
    """The examples in an order of chance, the same each time."""
    chance = random.Random(SEED)
    sources = {name: read_records(folder / f"{name}.jsonl.gz") for name in SHARES}
    examples = list(_written_examples(sources, chance))
    examples += _invented_examples(chance)
    examples += [
        plain_example(record) for record in read_records(folder / f"{UNANSWERABLE_SOURCE}.jsonl.gz")
    ]
    examples += list(_among_sentences(read_records(folder / f"{SENTENCE_SOURCE}.jsonl.gz"), chance))
    for name, (answerable, elsewhere) in SHARES.items():
        records = chance.sample(sources[name], min(answerable, len(sources[name])))
        examples += [shortened(record, chance) for record in records]
        examples += list(asked_elsewhere(sources[name], records[:elsewhere], name))
    chance.shuffle(examples)
    return examples


def _written_examples(sources: dict[str, list[Record]], chance: random.Random) -> Iterator[Record]:
    written = list(written_records(sources))
    right = [record for record in written if record["answers"]]
    near = [record for record in written if not record["answers"]]
    short = [record for record in near if len(record["context"]) <= MAX_CONTEXT_CHARACTERS]
    yield from (shortened(record, chance) for record in right)
    yield from chance.sample(short, min(NEAR_MISSES, len(short)))
    every = [record for records in sources.values() for record in records]
    elsewhere = chance.sample(right, min(WRITTEN_ELSEWHERE, len(right)))
    yield from asked_elsewhere(every, elsewhere, "written")


def _invented_examples(chance: random.Random) -> Iterator[Record]:
    licence = {"licence": "Apache-2.0"}
    records = [record | licence for record in read_records(INVENTED)]
    prose = [record for record in records if not has_table(record["context"])]
    answered = [record for record in prose if record["answers"]]
    yield from (plain_example(record) for record in answered)
    elsewhere = chance.sample(answered, min(INVENTED_ELSEWHERE, len(answered)))
    yield from asked_elsewhere(prose, elsewhere, "invented")
    yield from (plain_example(record) for record in row_examples(records))


def context_key(context: str) -> str:
    """What the written questions call a context by."""
    return hashlib.sha256(context.encode()).hexdigest()[:16]


def read_records(path: Path) -> list[Record]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def plain_example(record: Record) -> Record:
    """What `qa train` reads, with answers cut as the reader cuts them."""
    context = record["context"]
    answers = []
    for answer in record["answers"]:
        start = answer["answer_start"]
        start, end = trim(context, start, start + len(answer["text"]))
        if start < end:
            answers.append({"text": context[start:end], "answer_start": start})
    return {
        "id": record["id"],
        "context": context,
        "question": record["question"],
        "answers": answers,
        "licence": record["licence"],
    }


def written_records(sources: dict[str, list[Record]]) -> Iterator[Record]:
    """The written questions about the sources' contexts."""
    contexts = {
        context_key(record["context"]): record for records in sources.values() for record in records
    }
    for number, written in enumerate(read_records(WRITTEN)):
        record = contexts[written["context"]]
        answers = [
            {"text": record["context"][start:end], "answer_start": start}
            for start, end in written["answers"]
        ]
        name = f"written-{number}"
        yield plain_example(
            {**record, "id": name, "question": written["question"], "answers": answers}
        )


def shortened(record: Record, chance: random.Random) -> Record:
    """The record, or a stretch of sentences of its context around its first answer."""
    example = plain_example(record)
    context, answers = example["context"], example["answers"]
    if len(context) <= MAX_CONTEXT_CHARACTERS or not answers:
        return example
    first = answers[0]["answer_start"]
    last = first + len(answers[0]["text"])
    spare = MAX_CONTEXT_CHARACTERS - (last - first)
    earliest = first - chance.randint(0, max(0, spare))
    bounds = sentences(context, 0, len(context))
    start = min((b.start for b in bounds if earliest <= b.start <= first), default=first)
    end = max(
        (b.end for b in bounds if last <= b.end <= earliest + MAX_CONTEXT_CHARACTERS),
        default=last,
    )
    kept = [
        {**answer, "answer_start": answer["answer_start"] - start}
        for answer in answers
        if start <= answer["answer_start"] and answer["answer_start"] + len(answer["text"]) <= end
    ]
    return {**example, "context": context[start:end], "answers": kept}


def _among_sentences(records: Sequence[Record], chance: random.Random) -> Iterator[Record]:
    """Questions on one sentence, which stands among one to four others."""
    chosen = sorted(chance.sample(range(len(records)), SENTENCE_QUESTIONS))
    found = _search(
        [record["context"] for record in records], [records[number] for number in chosen]
    )
    for number, ranked in zip(chosen, found, strict=True):
        record = records[number]
        near = [number + step for step in (-1, 1, -2, 2, -3, 3) if _near(records, number, step)]
        others: dict[str, None] = {}
        for other in (*near, *ranked):
            text = records[other]["context"].strip()
            if not _holds(text, record) and text != record["context"].strip():
                others[text] = None
        around = list(others)[: chance.randint(1, 4)]
        place = chance.randint(0, len(around))
        before = "".join(f"{text} " for text in around[:place])
        context = before + " ".join([record["context"], *around[place:]])
        answers = [
            {**answer, "answer_start": answer["answer_start"] + len(before)}
            for answer in record["answers"]
        ]
        yield plain_example({**record, "context": context, "answers": answers})


def _near(records: Sequence[Record], number: int, step: int) -> bool:
    """Whether the record `step` further was asked near it in SQuAD, which its id tells."""
    if not 0 <= number + step < len(records):
        return False
    here, there = (
        int(re.sub(r"\D", "", records[place]["id"].rsplit("-", 1)[-1]) or -99)
        for place in (number, number + step)
    )
    return abs(here - there) <= 8


def asked_elsewhere(
    pool: Sequence[Record], records: Sequence[Record], name: str
) -> Iterator[Record]:
    """The questions, asked of another context that BM25 ranks high and that doesn't answer."""
    contexts = list(dict.fromkeys(record["context"] for record in pool))
    if not records:
        return
    for record, ranked in zip(records, _search(contexts, records), strict=True):
        for place in ranked:
            if contexts[place] != record["context"] and not _holds(contexts[place], record):
                cut = contexts[place][:MAX_CONTEXT_CHARACTERS]
                yield plain_example(
                    {**record, "id": f"{record['id']}-elsewhere", "context": cut, "answers": []}
                )
                break


def _holds(context: str, record: Record) -> bool:
    folded = context.casefold()
    return any(answer["text"].casefold() in folded for answer in record["answers"])


def _search(contexts: Sequence[str], records: Sequence[Record]) -> list[list[int]]:
    """For each question the twelve contexts that BM25 finds, best first."""
    with tempfile.TemporaryDirectory() as directory:
        index = LexicalIndex.open(Path(directory))
        stems = ((number, terms(context)) for number, context in enumerate(contexts, 1))
        index = index.commit(index.stage([], stems), 1)
        return [
            [id_ - 1 for id_, _ in index.search(terms(record["question"]), 12)]
            for record in tqdm(records, "searching", delay=2)
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="SOURCES")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    examples = mix(options.folder)
    with gzip.open(options.out, "wt", encoding="utf-8", compresslevel=3) as file:
        file.writelines(json.dumps(example, ensure_ascii=False) + "\n" for example in examples)
    without = sum(not example["answers"] for example in examples)
    print(f"{len(examples)} examples, {without} of them unanswerable, in {options.out}")


if __name__ == "__main__":
    main()
