"""The README.md of a reader that was trained here: from what, on what, how, how good."""

import shlex
from collections.abc import Mapping, Sequence

from qa.fine_tune import Recipe
from qa.training_data import TrainingFile, unanswerable

Scores = Mapping[str, float | None]


def model_card(
    *,
    start: str,
    files: Sequence[TrainingFile],
    recipe: Recipe,
    command: Sequence[str],
    scores: Mapping[str, tuple[Scores, Scores]],
) -> str:
    """Markdown. `start` is the fingerprint of the weights that it began with; `scores` are those
    before and after, by the file that was read.
    """
    layers = "all layers" if recipe.layers is None else f"the upper {recipe.layers} layers"
    lines = [
        "# A reader for Chapter & Verse",
        "",
        "Given a question and a passage, it marks the words of the passage that answer.",
        "",
        f"* Trained from the reader {start}: {layers}, {recipe.epochs} epochs, learning rate"
        f" {recipe.learning_rate:g}, seed {recipe.seed}.",
        f"* Command: `{shlex.join(command)}`",
        "",
        "## Data",
        "",
        "| file | sha256 | questions | without an answer | licences that it names |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {_cell(file.name)} | {file.sha256[:12]} | {len(file.examples)}"
        f" | {unanswerable(file.examples)} | {_cell('; '.join(file.licences) or '–')} |"
        for file in files
    ]
    lines += ["", "## Measured", ""]
    for name, (before, after) in scores.items():
        lines += [f"{_cell(name)}, reading alone:", "", "| | before | after |", "|---|---|---|"]
        lines += [
            f"| {key} | {_figure(before.get(key))} | {_figure(value)} |"
            for key, value in after.items()
        ]
        lines.append("")
    if not scores:
        lines += ["Nothing: the command named no `--dev` file.", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Text of a file, as it may stand in a cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"
