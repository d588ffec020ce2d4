"""Averages the weights of readers that were trained from the same start.

    python -m tests.training.average qa/reader reader1 --out averaged

(Wortsman et al. 2022, "Model soups", with equal weights.) Configuration and tokenizer are those of
the first.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save

FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")


def average(readers: list[Path], out: Path) -> None:
    every = [_weights(reader) for reader in readers]
    mean = {
        name: np.mean([weights[name] for weights in every], axis=0).astype(np.float16)
        for name in every[0]
    }
    out.mkdir(parents=True)
    for name in FILES:
        (out / name).write_bytes((readers[0] / name).read_bytes())
    (out / "model.safetensors").write_bytes(save(mean, metadata={"format": "pt"}))


def _weights(reader: Path) -> dict[str, NDArray[np.float32]]:
    """In fp32, by the names of today: BERT's files call LayerNorm's as TensorFlow did."""
    return {
        name.replace("Norm.gamma", "Norm.weight").replace("Norm.beta", "Norm.bias"): weight.astype(
            np.float32
        )
        for name, weight in load_file(reader / "model.safetensors").items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", nargs="+", type=Path, metavar="READER")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    average(options.readers, options.out)


if __name__ == "__main__":
    main()
