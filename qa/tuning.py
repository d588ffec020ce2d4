"""What `qa tune` fitted to a collection, kept in it: DIR/tuning.json."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import InputError
from qa.confidence import Confidence, OperatingPoint, curve_from_json, curve_to_json

_FILE = "tuning.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The weight of the dense side, and how the log-odds of being right are stretched and moved.

    They hold for one reader and one embedder, whose fingerprints these are. `curve` is what the
    gold questions gave; `answer_from` the threshold, None where it stays as it is.
    """

    reader: str
    embedder: str
    dense_weight: float
    slope: float
    shift: float
    curve: tuple[OperatingPoint, ...]
    answer_from: float | None

    def applied_to(self, confidence: Confidence) -> Confidence:
        tuned = replace(confidence, slope=self.slope, shift=self.shift, curve=self.curve)
        if self.answer_from is None:
            return tuned
        return replace(
            tuned,
            answer_from=self.answer_from,
            unsure_from=min(confidence.unsure_from, self.answer_from),
        )


def load_tuning(directory: Path, reader: str, embedder: str) -> Tuning | None:
    """That of the collection in `directory`; None if there is none, or it is of other models.

    Raises InputError where the file is damaged.
    """
    path = directory / _FILE
    if not path.is_file():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        sha256 = kept.pop("sha256", None)  # one made before it was kept has none
        if sha256 not in (None, _sha256(kept)):
            raise ValueError  # noqa: TRY301
        tuning = Tuning(**{**kept, "curve": curve_from_json(kept["curve"])})
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(f"{path} is damaged: delete it, or run `qa tune GOLD` again") from None
    return tuning if (tuning.reader, tuning.embedder) == (reader, embedder) else None


def save_tuning(directory: Path, tuning: Tuning) -> None:
    kept = {
        "reader": tuning.reader,
        "embedder": tuning.embedder,
        "dense_weight": tuning.dense_weight,
        "slope": tuning.slope,
        "shift": tuning.shift,
        "curve": curve_to_json(tuning.curve),
        "answer_from": tuning.answer_from,
    }
    directory.mkdir(parents=True, exist_ok=True)  # that of a collection in Milvus may not be there
    aside = directory / f"{_FILE}.part"
    noted = {**kept, "sha256": _sha256(kept)}
    aside.write_text(json.dumps(noted, indent=2) + "\n", encoding="utf-8")
    aside.replace(directory / _FILE)


def _sha256(kept: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
