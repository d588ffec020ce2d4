"""The two paths stay apart, and importing costs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("index", "qa")
    for path in (ROOT / package).rglob("*.py")
)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", sorted((ROOT / "index").rglob("*.py")), ids=lambda path: path.name)
def test_the_document_path_never_imports_the_question_path(path: Path) -> None:
    assert "qa" not in imported(path)


def test_importing_loads_no_model_library_and_prints_nothing() -> None:
    heavy = "{'torch', 'transformers', 'sentence_transformers', 'gradio'}"
    code = (
        f"import importlib, sys\n[importlib.import_module(name) for name in {MODULES!r}]\n"
        f"print(sorted({heavy} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_app_is_wiring_only() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 20
