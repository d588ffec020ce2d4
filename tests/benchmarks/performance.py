"""What indexing, opening, asking and reading cost, beside what the machine could do just then.

    python -m tests.benchmarks.performance indexing RESULTS
    python -m tests.benchmarks.performance asking RESULTS DIR/collection
    python -m tests.benchmarks.performance changing RESULTS
    python -m tests.benchmarks.performance serving RESULTS
    python -m tests.benchmarks.performance report RESULTS docs/images/performance.png

Each appends lines of JSON to the file RESULTS, which `report` turns into tables and a plot. `make
bench` runs all, over collections of several sizes (tests/benchmarks/made_collection.py). The
machine should be quiet.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

QUESTIONS = Path("tests/gold/sample.jsonl")
_ROUNDS = 3


def machine() -> dict[str, Any]:
    """The multiplications of this machine, in GFLOP/s: the ceiling of what a model can compute."""
    import torch

    speeds = {}
    for name, kind in (("bf16", torch.bfloat16), ("fp32", torch.float32)):
        tokens, weights = torch.randn(4096, 384).to(kind), torch.randn(1536, 384).to(kind)
        seconds = []
        for _ in range(12):
            started = time.perf_counter()
            for _ in range(10):
                torch.nn.functional.linear(tokens, weights)
            seconds.append(time.perf_counter() - started)
        speeds[name] = 10 * 2 * 4096 * 384 * 1536 / min(seconds) / 1e9
    return {"gflops": speeds, "cores": os.cpu_count(), "threads": torch.get_num_threads()}


def model_flops(lengths: Sequence[int]) -> float:
    """Of the embedder, six layers of 384: the matrix products of texts of so many tokens."""
    weights, width, layers = 4 * 384 * 384 + 2 * 384 * 1536, 384, 6
    return float(sum(layers * 2 * (weights * n + 2 * width * n * n) for n in lengths))


def indexing() -> dict[str, Any]:
    """docs/ into a new collection, and its passages by sentence-transformers as it comes."""
    from sentence_transformers import SentenceTransformer

    from index.collection import Collection
    from index.context import passage_context
    from index.embed import open_embedder
    from index.sync import sync

    embedder = open_embedder()
    embedder.encode(["Ready?"])
    cost: dict[str, list[float]] = {"indexing": [], "embedding": [], "as it comes": []}
    plain = SentenceTransformer(str(embedder._folder), local_files_only=True)
    before = machine()
    for _ in range(_ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            collection = Collection(Path(folder), create=True)
            seconds = _timed(lambda: sync(collection, [Path("docs")], embedder))  # noqa: B023
            cost["indexing"].append(seconds)
            ids = collection.store.passage_ids().tolist()
            texts = [passage_context(p) for p in collection.passages(ids).values()]
            collection.close()
        cost["embedding"].append(_timed(lambda: embedder.encode(texts)))  # noqa: B023
        cost["as it comes"].append(_timed(lambda: plain.encode(texts)))  # noqa: B023
    after = machine()
    lengths = [len(ids) for ids in plain.tokenizer(texts, truncation=True).input_ids]
    flops = model_flops(lengths)
    gflops = max(before["gflops"]["bf16"], after["gflops"]["bf16"])
    best = {name: min(seconds) for name, seconds in cost.items()}
    return {
        "stage": "indexing",
        "passages": len(texts),
        "tokens": sum(lengths),
        "seconds": cost,
        "gflops": {"before": before["gflops"], "after": after["gflops"]},
        "share_of_ceiling": flops / best["indexing"] / 1e9 / gflops,
        "share_of_ceiling_embedding": flops / best["embedding"] / 1e9 / gflops,
        "against_as_it_comes": best["as it comes"] / best["indexing"],
        "peak_mb": _peak_mb(),
    }


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _memory_mb(kind: str) -> float:
    """Of this process: RssAnon is what is its own, RssFile what is mapped from files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(kind))


def asking(directory: Path, every: int = 2) -> dict[str, Any]:
    """The sample questions to a collection: opening, searching, asking."""
    from index.scope import EVERYTHING
    from index.terms import terms
    from qa.answer import Assistant
    from qa.gold import read_gold
    from qa.retrieve import DENSE_WEIGHT, fuse

    first = [_first_answer(directory) for _ in range(_ROUNDS)]
    questions = [gold.question for gold in read_gold(QUESTIONS).questions[::every]]
    assistant = Assistant.open(directory)
    collection = assistant._collection
    for question in questions[:10]:
        assistant.ask(question)
    answers = [assistant.ask(question) for question in questions]
    rows = assistant._embedder.encode(questions)
    stems = [terms(question) for question in questions]
    own = _memory_mb("RssAnon")
    search, dense, lexical = [], [], []
    for row, words in zip(np.concatenate([rows[:5], rows]), stems[:5] + stems, strict=True):
        started = time.perf_counter()
        found = collection.search(row, words, 100, EVERYTHING)
        fuse(found.dense, found.lexical, dense_weight=DENSE_WEIGHT)
        search.append(time.perf_counter() - started)
        index = collection.engine.index()  # type: ignore[attr-defined]
        dense.append(_timed(lambda: index.search_dense(row, 100)))  # noqa: B023
        lexical.append(_timed(lambda: index.search_lexical(words, 100)))  # noqa: B023
    count = len(collection.store.passage_ids())
    text = sum(summary.characters for summary in collection.documents())
    size = {
        name: sum(path.stat().st_size for path in directory.glob(pattern))
        for name, pattern in (
            ("SQLite", "collection.sqlite3*"),
            ("FAISS", "vectors-*"),
            ("Tantivy", "lexical/*"),
        )
    }
    return {
        "stage": "asking",
        "passages": count,
        "first_answer_s": first,
        "ask_ms": _quantiles([answer.timings.total_ms for answer in answers]),
        "retrieve_ms": _quantiles([answer.timings.retrieve_ms for answer in answers]),
        "read_ms": _quantiles([answer.timings.read_ms for answer in answers]),
        "search_ms": _quantiles([1000 * seconds for seconds in search[5:]]),
        "dense_ms": _quantiles([1000 * seconds for seconds in dense[5:]]),
        "lexical_ms": _quantiles([1000 * seconds for seconds in lexical[5:]]),
        "recall@10": _recall(index, rows),
        "own_mb": own,
        "mapped_mb": _memory_mb("RssFile"),
        "peak_mb": _peak_mb(),
        "disk_bytes_a_passage": {name: number / count for name, number in size.items()},
        "text_characters_a_passage": text / count,
    }


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    return {"p50": float(np.quantile(values, 0.5)), "p95": float(np.quantile(values, 0.95))}


def _first_answer(directory: Path) -> float:
    """Seconds of a fresh process from its start to its end, with one answer."""
    command = [sys.executable, "-m", "qa", "ask", "When was the Treaty signed?"]
    command += ["--collection", str(directory)]
    return _timed(lambda: subprocess.run(command, check=True, capture_output=True))


def _recall(index: Any, rows: Any) -> float:
    """The share of the ten nearest of all rows that the search finds."""
    from index.types import Selection

    everything = Selection(among=index.ids)
    shares = []
    for row in rows:
        exact = {id_ for id_, _ in index.search_dense(row, 10, everything)}
        shares.append(len(exact & {id_ for id_, _ in index.search_dense(row, 10)}) / len(exact))
    return float(np.mean(shares))


def changing(files: int = 10_000) -> dict[str, Any]:
    """A folder of many small files: none changed, and ten of them. The embedder is a stand-in."""
    from index.collection import Collection
    from index.sync import sync
    from index.watch_folders import _looks
    from tests.fakes import WordEmbedder

    with tempfile.TemporaryDirectory() as folder:
        papers = Path(folder) / "papers"
        for number in range(files):
            file = papers / f"{number % 100:02}" / f"{number}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"File {number} has {number * 7} pages and no pictures.")
            os.utime(file, (1_600_000_000, 1_600_000_000))
        collection = Collection(Path(folder) / "collection", create=True)
        first = _timed(lambda: sync(collection, [papers], WordEmbedder()))
        nothing = _timed(lambda: sync(collection, [papers], WordEmbedder()))
        for number in range(10):
            (papers / f"{number:02}" / f"{number}.txt").write_text(f"File {number} is another one.")
        ten = _timed(lambda: sync(collection, [papers], WordEmbedder()))
        _, look = _looks(collection, [papers])
        collection.close()
    seconds = {"all": first, "none changed": nothing, "ten changed": ten, "a look": look}
    return {"stage": "changing", "files": files, "seconds": seconds}


def serving() -> dict[str, Any]:
    """A second `make run`: from its start until the page is served, and what the app then holds."""
    with tempfile.TemporaryDirectory() as folder:
        run = ["make", "--no-print-directory", "run", "PORT=7911", f"COLLECTION={folder}/docs"]
        seconds = []
        for _ in range(_ROUNDS):  # the first one indexes
            started = time.perf_counter()
            with subprocess.Popen(run, start_new_session=True, stdout=subprocess.DEVNULL) as app:
                _wait_for("http://127.0.0.1:7911/")
                seconds.append(time.perf_counter() - started)
                for gold in QUESTIONS.read_text("utf-8").splitlines()[:20]:
                    _ask("http://127.0.0.1:7911/api/ask", json.loads(gold)["question"])
                peak = max(_peak_of_group(app.pid))
                os.killpg(app.pid, signal.SIGINT)
    return {"stage": "serving", "seconds": seconds, "peak_mb": peak}


def _wait_for(address: str) -> None:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310
                page.read()
                return
        except OSError:
            time.sleep(0.02)


def _ask(address: str, question: str) -> None:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(  # noqa: S310
        address, body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()


def _peak_of_group(group: int) -> list[float]:
    """The peak memory in MB of each process of a group."""
    peaks = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) == group:
                lines = status.read_text().splitlines()
                peaks += [int(x.split()[1]) / 1024 for x in lines if x.startswith("VmHWM")]
        except (OSError, ValueError):
            continue
    return peaks


def report(results: Path, plot: Path) -> None:
    """Prints a table over the sizes, and draws it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    asked = sorted(
        (line for line in lines if line["stage"] == "asking"), key=lambda line: line["passages"]
    )
    print("| passages | " + " | ".join(f"{line['passages']:,}" for line in asked) + " |")
    print("|---" * (len(asked) + 1) + "|")
    for name, cell in _ROWS.items():
        print(f"| {name} | " + " | ".join(cell(line) for line in asked) + " |")
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    sizes = [line["passages"] for line in asked]
    for key, label in (
        ("ask_ms", "asking"),
        ("read_ms", "reading"),
        ("search_ms", "searching, without embedding"),
    ):
        left.plot(sizes, [line[key]["p50"] for line in asked], marker="o", label=f"{label}, p50")
    left.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds")
    left.legend()
    right.plot(
        sizes, [min(line["first_answer_s"]) for line in asked], marker="o", label="first answer, s"
    )
    right.plot(sizes, [line["own_mb"] / 1024 for line in asked], marker="o", label="own memory, GB")
    right.set(xscale="log", xlabel="passages", ylim=(0, None))
    right.legend()
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(plot, dpi=120)


_ROWS: dict[str, Callable[[Any], str]] = {
    "`ask`, p50 / p95, ms": lambda x: f"{x['ask_ms']['p50']:.0f} / {x['ask_ms']['p95']:.0f}",
    "of it reading, p50 / p95, ms": lambda x: (
        f"{x['read_ms']['p50']:.0f} / {x['read_ms']['p95']:.0f}"
    ),
    "finding with embedding, p50 / p95, ms": lambda x: (
        f"{x['retrieve_ms']['p50']:.1f} / {x['retrieve_ms']['p95']:.1f}"
    ),
    "fused search without embedding, p50 / p95, ms": lambda x: (
        f"{x['search_ms']['p50']:.2f} / {x['search_ms']['p95']:.2f}"
    ),
    "FAISS alone, p95, ms": lambda x: f"{x['dense_ms']['p95']:.2f}",
    "Tantivy alone, p95, ms": lambda x: f"{x['lexical_ms']['p95']:.2f}",
    "recall@10 of FAISS": lambda x: f"{x['recall@10']:.3f}",
    "fresh process to the first answer, s": lambda x: f"{np.median(x['first_answer_s']):.2f}",
    "own memory / mapped from files, MB": lambda x: f"{x['own_mb']:.0f} / {x['mapped_mb']:.0f}",
    "disk a passage: SQLite, FAISS, Tantivy, bytes": lambda x: ", ".join(
        f"{number:.0f}" for number in x["disk_bytes_a_passage"].values()
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("stage", choices=["indexing", "asking", "changing", "serving", "report"])
    parser.add_argument("results", type=Path)
    parser.add_argument("path", type=Path, nargs="?")
    options = parser.parse_args()
    if options.stage == "report":
        report(options.results, options.path)
        return
    stages: dict[str, Callable[[], dict[str, Any]]] = {
        "indexing": indexing,
        "asking": lambda: asking(options.path),
        "changing": changing,
        "serving": serving,
    }
    line = json.dumps(stages[options.stage]())
    print(line)
    with options.results.open("a", encoding="utf-8") as results:
        results.write(line + "\n")


if __name__ == "__main__":
    main()
