"""How an answer came about, for the terminal: what was found, what was read, what was decided."""

from qa.confidence import Confidence
from qa.enough import READ
from qa.present import excerpt, one_line, where
from qa.types import Answer


def explain(answer: Answer, confidence: Confidence) -> str:
    """Every passage found with its score, every candidate with its confidence, the decision."""
    return "\n".join(
        [
            f"Question: {one_line(answer.standalone_question)} ({answer.question_type})",
            "",
            f"Found {len(answer.hits)} passages in {answer.timings.retrieve_ms:.0f} ms:",
            *(
                f"{hit.rank:4} {hit.score:7.3f}  {', '.join(where(hit.passage))},"
                f" {hit.passage.start}-{hit.passage.end}: {excerpt(hit.passage.text)}"
                for hit in answer.hits
            ),
            "",
            f"Read at most {min(READ, len(answer.hits))} in {answer.timings.read_ms:.0f} ms:",
            *(
                f"{number:4} {candidate.confidence:7.3f}  {excerpt(candidate.text)}  (in "
                + ", ".join(
                    f"{one_line(place.document)} {place.start}-{place.end}"
                    for place in (answer.citations[index] for index in candidate.citations)
                )
                + ")"
                for number, candidate in enumerate(answer.candidates, 1)
            ),
            "",
            f"Decided: {answer.status}. {_reason(answer, confidence)}",
        ]
    )


def _reason(answer: Answer, confidence: Confidence) -> str:
    if not answer.hits:
        return "No passage was found."
    if not answer.candidates:
        return "The reader marked no words."
    return (
        f"The best candidate has confidence {answer.confidence:.3f}; it is answered from"
        f" {confidence.answer_from:.3f} and shown as a possibility from"
        f" {confidence.unsure_from:.3f}."
    )
