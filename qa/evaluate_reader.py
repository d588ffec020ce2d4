"""Reading alone: SQuAD questions, each with its own context, scored as evaluate-v2.0.py does."""

import math
from collections.abc import Sequence

from tqdm import tqdm

from index.types import Passage
from qa import metrics
from qa.squad import SquadContext
from qa.types import Hit, Reader


def evaluate_reader(
    reader: Reader, squad: Sequence[SquadContext], progress: bool = False
) -> dict[str, float | None]:
    """Reading alone: every question with its own context, under the names of evaluate-v2.0.py.

    Where all questions have answers (SQuAD 1.1) the best span is always given, and there are
    only `exact`, `f1` and `total`. Else it is given where the reader prefers it to "no answer".
    """
    asked = [
        (question, _context_hit(number, context))
        for number, context in enumerate(squad)
        for question in context.questions
    ]
    golds, best, scores = [], [], []
    for question, hit in tqdm(asked, "reading", delay=2, disable=None if progress else True):
        spans = reader.read(question.question, [hit])
        golds.append([answer.text for answer in question.answers])
        best.append(spans[0].text if spans else "")
        scores.append(spans[0].score if spans else -math.inf)
    has_answer = [bool(answers) for answers in golds]
    if all(has_answer):
        return _official("", best, golds)
    given = [text if score > 0 else "" for text, score in zip(best, scores, strict=True)]
    figures = _official("", given, golds)
    for prefix, wanted in (("HasAns_", True), ("NoAns_", False)):
        rows = [row for row, answerable in enumerate(has_answer) if answerable is wanted]
        if rows:
            figures |= _official(prefix, [given[row] for row in rows], [golds[row] for row in rows])
    no_answer = [-score for score in scores]
    for name, score_of in (("exact", metrics.exact_match), ("f1", metrics.f1)):
        raw = [score_of(text, answers) for text, answers in zip(best, golds, strict=True)]
        figures[f"best_{name}"], figures[f"best_{name}_thresh"] = metrics.best_threshold(
            raw, no_answer, has_answer, [bool(text) for text in best]
        )
    return figures


def _context_hit(number: int, context: SquadContext) -> Hit:
    passage = Passage(
        id=number,
        document_id=number,
        document=context.title,
        title="",  # would be read, too; the readers of the published figures have none
        start=0,
        end=len(context.text),
        text=context.text,
        heading=None,
        page=None,
    )
    return Hit(passage=passage, score=0.0, rank=1)


def _official(
    prefix: str, predictions: Sequence[str], golds: Sequence[Sequence[str]]
) -> dict[str, float | None]:
    pairs = list(zip(predictions, golds, strict=True))
    return {
        f"{prefix}exact": metrics.mean([metrics.exact_match(*pair) for pair in pairs]),
        f"{prefix}f1": metrics.mean([metrics.f1(*pair) for pair in pairs]),
        f"{prefix}total": len(pairs),
    }
