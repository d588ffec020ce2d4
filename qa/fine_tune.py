"""Fine-tunes a reader on examples, from another reader's weights.

What is learned is what `qa/decode.py` reads off: the logits of an answer's first and last token,
or of the window's first token where the window doesn't answer (Devlin et al. 2019). Where several
spans are right, the sum of their probabilities is raised, not that of one of them (Clark and
Gardner 2018, section 3.2). The embeddings stay as they are, and there is no dropout: on a CPU it
costs more than it gains.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from index.errors import InputError
from index.precision import computes_bf16
from qa.reader_folder import fingerprint, inputs, load_model, load_tokenizer
from qa.training_data import TrainingExample
from qa.windows import Window, padded, windows

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.optim import Optimizer

CHECKPOINT = "training.pt"

_BATCH_TOKENS = 4096  # padded
_WARM_UP = 0.05  # of all steps
_WEIGHT_DECAY = 0.01
_MAX_GRADIENT_NORM = 1.0
_CHECKPOINT_SECONDS = 300
# Windows that are sorted by length together, in batches: enough that little is padding, few
# enough that an epoch stays shuffled.
_SORTED_BATCHES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. `layers`: so many of the upper layers learn; None means all of them."""

    epochs: int
    learning_rate: float
    layers: int | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """A window and its right spans, (spans, 2) first and last token; (0, 0) means no answer."""

    ids: NDArray[np.int64]
    types: NDArray[np.int64]
    spans: NDArray[np.int64]


def fine_tune(
    examples: Sequence[TrainingExample],
    *,
    start: Path,
    out: Path,
    recipe: Recipe,
    progress: bool = False,
) -> None:
    """Trains from the reader in `start` and writes a reader into `out`.

    A training that was stopped goes on from its last checkpoint in `out`. Raises InputError where
    `out` holds anything else, or a checkpoint of other examples, another start or recipe.
    """
    import torch

    training = _digest(examples, fingerprint(start), recipe)
    kept = _checkpoint(out, training)
    model, tokenizer = load_model(start), load_tokenizer(start)
    learning = learning_parameters(model, recipe.layers)
    hidden = None if progress else True  # None: shown on a terminal only
    targets = _targets(tokenizer, tqdm(examples, "cutting", delay=2, disable=hidden))
    batches = list(_batches(list(targets), recipe))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu":
        # Written out, attention goes back and forth a third faster there (docs/performance.md).
        model.set_attn_implementation("eager")
    model.to(device).train()
    optimizer = torch.optim.AdamW(learning, weight_decay=_WEIGHT_DECAY, fused=True)
    out.mkdir(parents=True, exist_ok=True)
    done = _resume(kept, learning, optimizer) if kept else 0
    saved = time.monotonic()
    bar = tqdm(
        batches[done:], "training", total=len(batches), initial=done, delay=2, disable=hidden
    )
    for step, batch in enumerate(bar, done):
        optimizer.param_groups[0]["lr"] = recipe.learning_rate * _warmth(step, len(batches))
        try:
            loss = _loss(model, batch, device)
            loss.backward()  # type: ignore[no-untyped-call]
        except KeyboardInterrupt:
            _save(out, training, step, learning, optimizer)
            raise
        torch.nn.utils.clip_grad_norm_(learning, _MAX_GRADIENT_NORM)
        optimizer.step()
        optimizer.zero_grad()
        bar.set_postfix_str(f"loss {loss.item():.2f}", refresh=False)
        if time.monotonic() - saved > _CHECKPOINT_SECONDS:
            _save(out, training, step + 1, learning, optimizer)
            saved = time.monotonic()
    _write_reader(model, start, out)
    (out / CHECKPOINT).unlink(missing_ok=True)


def _digest(examples: Sequence[TrainingExample], start: str, recipe: Recipe) -> str:
    """Tells one training from another."""
    digest = hashlib.sha256(json.dumps([start, asdict(recipe)]).encode())
    for example in examples:
        answers = [(answer.start, answer.end) for answer in example.answers]
        texts = [example.question, example.above, example.context]
        digest.update(json.dumps([*texts, answers]).encode())
    return digest.hexdigest()


def _checkpoint(out: Path, training: str) -> dict[str, Any] | None:
    """The checkpoint in `out`; None where there is nothing yet."""
    import torch

    if not out.exists() or not any(out.iterdir()):
        return None
    path = out / CHECKPOINT
    if not path.is_file():
        raise InputError(f"{out} is not empty; give --out a new folder")
    kept: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    if kept["training"] != training:
        raise InputError(
            f"{out} holds a training with other files, another start or other options: repeat"
            " that command to go on with it, or give --out a new folder"
        )
    return kept


def _resume(kept: dict[str, Any], learning: Sequence[Any], optimizer: "Optimizer") -> int:
    """Puts a checkpoint's state back; gives the number of steps that were done."""
    import torch

    optimizer.load_state_dict(kept["optimizer"])
    with torch.no_grad():
        for parameter, value in zip(learning, kept["parameters"], strict=True):
            parameter.copy_(value)
    done: int = kept["step"]
    return done


def _save(
    out: Path, training: str, step: int, learning: Sequence[Any], optimizer: "Optimizer"
) -> None:
    import torch

    state = {
        "training": training,
        "step": step,
        "optimizer": optimizer.state_dict(),
        "parameters": [parameter.detach() for parameter in learning],
    }
    _write(out / CHECKPOINT, lambda path: torch.save(state, path))


def _targets(tokenizer: "Tokenizer", examples: Iterable[TrainingExample]) -> Iterator[_Target]:
    for example in examples:
        for window in windows(tokenizer, example.question, [example.context], [example.above]):
            yield target_of(window, example)


def target_of(window: Window, example: TrainingExample) -> _Target:
    """Only answers that stand in the window as a whole count for it."""
    inside = np.flatnonzero(window.words >= 0)
    starts, ends = window.offsets[inside, 0], window.offsets[inside, 1]
    spans = []
    for answer in example.answers:
        if len(inside) and starts[0] <= answer.start and answer.end <= ends[-1]:
            first = np.searchsorted(ends, answer.start, side="right")
            last = np.searchsorted(starts, answer.end, side="left") - 1
            if first <= last:
                spans.append((inside[first], inside[last]))
    return _Target(
        ids=window.ids,
        types=window.types,
        spans=np.array(spans or [(0, 0)], dtype=np.int64),
    )


def _batches(targets: Sequence[_Target], recipe: Recipe) -> Iterator[list[_Target]]:
    """The batches of all epochs, like lengths together, in an order that the seed settles."""
    lengths = np.array([len(target.ids) for target in targets])
    together = int(_SORTED_BATCHES * _BATCH_TOKENS / lengths.mean())
    for epoch in range(recipe.epochs):
        random = np.random.default_rng([recipe.seed, epoch])
        order = random.permutation(len(targets))
        batches: list[list[_Target]] = []
        for first in range(0, len(order), together):
            stretch = order[first : first + together]
            batches += _by_length([targets[n] for n in stretch[np.argsort(lengths[stretch])]])
        yield from (batches[number] for number in random.permutation(len(batches)))


def _by_length(targets: Sequence[_Target]) -> Iterator[list[_Target]]:
    """Batches of at most `_BATCH_TOKENS` with padding, of windows whose lengths rise."""
    batch: list[_Target] = []
    for target in targets:
        if batch and (len(batch) + 1) * len(target.ids) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(target)
    yield batch


def learning_parameters(model: Any, layers: int | None) -> list[Any]:
    """The parameters that learn: the upper layers' and the last one's; the others are frozen."""
    import torch

    stack = next(m for m in model.base_model.modules() if isinstance(m, torch.nn.ModuleList))
    upper = len(stack) if layers is None else layers
    if not 1 <= upper <= len(stack):
        raise InputError(f"--layers is {layers}, but the reader has {len(stack)}: take 1 to that")
    model.requires_grad_(False)
    for module in (*stack[len(stack) - upper :], model.qa_outputs):
        module.requires_grad_(True)
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _warmth(step: int, steps: int) -> float:
    """The share of the learning rate: rising over the warm-up, then falling to nothing."""
    warm_up = max(1, round(_WARM_UP * steps))
    if step < warm_up:
        return (step + 1) / warm_up
    return (steps - step) / max(1, steps - warm_up)


def _loss(model: Any, batch: Sequence[_Target], device: Any) -> "Tensor":
    """Mean over the windows of -log of the probability of all right spans together."""
    import torch

    read = {
        name: rows.to(device)
        for name, rows in inputs(model, [t.ids for t in batch], [t.types for t in batch]).items()
    }
    half = device.type == "cuda" or computes_bf16()
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
        hidden = model.base_model(**read).last_hidden_state
    spans = torch.from_numpy(padded([target.spans for target in batch], fill=-1)).to(device)
    logits = model.qa_outputs(hidden.float())
    return -log_likelihood(logits, read["attention_mask"], spans).mean()


def log_likelihood(logits: "Tensor", attention_mask: "Tensor", spans: "Tensor") -> "Tensor":
    """(windows,) the logarithm of the probability of all right spans of a window together.

    `logits` are (windows, tokens, 2), `spans` (windows, spans, 2), filled up with -1.
    """
    import torch

    logits = logits.masked_fill(~attention_mask.bool()[:, :, None], -torch.inf)
    log_probability = torch.log_softmax(logits, dim=1)
    chosen = log_probability.gather(1, spans.clamp(min=0)).sum(dim=2)
    return torch.logsumexp(chosen.masked_fill(spans[:, :, 0] < 0, -torch.inf), dim=1)


def _write_reader(model: Any, start: Path, out: Path) -> None:
    """The weights in fp16 beside the start's configuration and tokenizer."""
    import safetensors.torch
    import torch

    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        if (start / name).is_file():
            (out / name).write_bytes((start / name).read_bytes())
    weights = {
        name: tensor.detach().to("cpu", torch.float16).contiguous()
        for name, tensor in model.state_dict().items()
    }
    # Not by save_file, which lets nobody but the owner read the file.
    packed = safetensors.torch.save(weights, metadata={"format": "pt"})
    _write(out / "model.safetensors", lambda path: path.write_bytes(packed))


def _write(path: Path, writing: Callable[[Path], object]) -> None:
    """Writes aside and renames, so that a file is there as a whole or not at all."""
    aside = path.with_name(path.name + ".part")
    writing(aside)
    aside.replace(path)
