"""What a conversation of something else does to questions that stand alone.

    python -m tests.benchmarks.stand_alone GOLD --collection DIR

Each question is asked by itself, and after the question before it in the file with its answer. Of
those that were changed by that, or answered otherwise, each has a line.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from qa import metrics
from qa.answer import Assistant
from qa.evaluate import RIGHT_F1
from qa.gold import GoldQuestion, read_gold
from qa.types import Answer, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    question: GoldQuestion
    alone: Answer
    after: Answer

    @property
    def is_changed(self) -> bool:
        return self.after.standalone_question != self.alone.standalone_question

    @property
    def was_right(self) -> bool:
        return is_right(self.question, self.alone)

    @property
    def is_right(self) -> bool:
        return is_right(self.question, self.after)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--collection", required=True)
    options = parser.parse_args()
    assistant = Assistant.open(options.collection)
    questions = read_gold(options.gold).questions
    asked = []
    for before, question in tqdm(list(zip(questions[-1:] + questions, questions, strict=False))):
        turn = Turn(question=before.question, answer=next(iter(before.answers), None))
        asked.append(
            Asked(
                question=question,
                alone=assistant.ask(question.question),
                after=assistant.ask(question.question, [turn]),
            )
        )
    for one in asked:
        if one.is_changed or one.was_right != one.is_right:
            how = {(True, False): "worse", (False, True): "better"}.get(
                (one.was_right, one.is_right), "as right"
            )
            print(f"{how}: {one.question.question} -> {one.after.standalone_question}")
    print(
        f"{len(asked)} questions: {sum(one.is_changed for one in asked)} changed,"
        f" {sum(one.was_right and not one.is_right for one in asked)} for the worse,"
        f" {sum(one.is_right and not one.was_right for one in asked)} for the better"
    )


def is_right(question: GoldQuestion, answer: Answer) -> bool:
    """Where it has no answer, that nothing is answered; else that what is answered is right."""
    given = answer.candidates[0].text if answer.status == "answered" else ""
    if not question.answers:
        return not given
    return metrics.f1(given, question.answers) >= RIGHT_F1


if __name__ == "__main__":
    main()
