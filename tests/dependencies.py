"""The direct dependencies with licence and state, from what their packages say of themselves.

python -m tests.dependencies prints the table of docs/security.md.
"""

import re
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What packages write that is no SPDX name.
_SPDX = {
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def direct() -> list[str]:
    """The names in pyproject.toml: of the project, its extras and its development group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    written = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["milvus"],
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[^A-Za-z0-9._-]", name, maxsplit=1)[0] for name in written}
    return sorted(names, key=str.lower)


def licences(name: str) -> list[str]:
    """Those that apply together, by their SPDX names where the package has such."""
    found = distribution(name)
    said = found.metadata
    trove = [c for c in said.get_all("Classifier") or [] if c.startswith("License :: OSI")]
    written = (
        _said(found, "License-Expression")
        or ", ".join(classifier.rpartition(" :: ")[2] for classifier in trove)
        or _said(found, "License").partition("\n")[0]
        or _first_line(found)
    )
    parts = re.split(r"\s+AND\s+|\s+OR\s+|,\s*", written.replace("(", "").replace(")", ""))
    return list(dict.fromkeys(_SPDX.get(part, part) for part in parts))


def _said(found: Distribution, field: str) -> str:
    return " ".join(found.metadata.get_all(field) or []).strip()


def _first_line(found: Distribution) -> str:
    """The head of the licence's own file."""
    for file in found.files or []:
        if file.name.upper().startswith("LICEN"):
            return file.read_text().strip().partition("\n")[0].strip()
    return ""


def table() -> str:
    lines = ["| package | version | licence | state, as it says itself |", "|---|---|---|---|"]
    for name in direct():
        said = distribution(name).metadata
        version = said["Version"].partition("+")[0]  # of torch, the build
        states = [c for c in said.get_all("Classifier") or [] if c.startswith("Development")]
        state = states[0].rpartition(" - ")[2] if states else "doesn't say"
        lines.append(f"| {name} | {version} | {', '.join(licences(name))} | {state} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
