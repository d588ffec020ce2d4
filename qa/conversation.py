"""A conversation as the page keeps it, and as a file that a visitor takes along."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from qa.labels import Labels
from qa.present import markdown, one_line, to_json, to_markdown
from qa.types import Answer, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question with its answer. The id is the page's word for it, never given twice."""

    answer: Answer
    id: str = field(default_factory=lambda: secrets.token_hex(8))


Exchanges: TypeAlias = tuple[Exchange, ...]


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The earlier turns as the assistant wants them."""
    return tuple(
        Turn(question=exchange.answer.question, answer=exchange.answer.text)
        for exchange in exchanges
    )


def conversation_to_json(exchanges: Sequence[Exchange]) -> str:
    """`{"conversation": [...]}` of the objects that `qa ask --json` prints."""
    answers = [to_json(exchange.answer) for exchange in exchanges]
    return json.dumps({"conversation": answers}, ensure_ascii=False, indent=1)


def conversation_to_markdown(exchanges: Sequence[Exchange], day: date, labels: Labels) -> str:
    """The questions as headings, the answers below with their citations."""
    parts = [f"# {labels.conversation}, {labels.date(day.isoformat())}"]
    for exchange in exchanges:
        parts.append(f"## {markdown(one_line(exchange.answer.question))}")
        parts.append(to_markdown(exchange.answer, labels))
    return "\n\n".join(parts) + "\n"
