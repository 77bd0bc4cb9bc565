"""What the index's reviewers look for in the source: line ends, binaries, what module files do when they are loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

BINARIES = {".exe", ".dll", ".so", ".dylib", ".pyd", ".jar", ".msi", ".whl", ".pkl", ".pickle", ".pt", ".pth"}
PICTURES_AND_DATA = {".png", ".jpg", ".jpeg", ".gif", ".nrrd", ".sosmodel", ".zip", ".gz", ".npz", ".dcm", ".qm"}
# Shipped with Slicer and quick to import; whatever else a module file needs is imported where it is used.
AT_FILE_SCOPE = {"slicer", "vtk", "qt", "ctk", "numpy", "SOSStagingLib", "SOSStagingTrainingLib"}
INSTALLS = {"pip_install", "pip_ensure", "pip_uninstall", "installTorch", "system", "run", "Popen", "check_call"}


def tracked(root: Path) -> list[Path]:
    """Return the files of the repository; in a copy without git, all that are not hidden or made."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode == 0 and (root / ".git").exists():
        names = done.stdout.decode("utf-8").split("\0")
        return [root / name for name in names if name and (root / name).is_file()]
    skipped = {"__pycache__", ".venv", ".venv312", "build", "demo-output"}
    return [p for p in root.rglob("*") if p.is_file() and not skipped & set(p.relative_to(root).parts)]


def text_files(root: Path) -> list[Path]:
    """Return the files that are text."""
    return [path for path in tracked(root) if path.suffix.lower() not in PICTURES_AND_DATA | BINARIES]


def problems(root: Path, modules: Iterable[str]) -> list[str]:
    """Return what a reviewer would object to."""
    found = [f"{path.relative_to(root)}: no binaries" for path in tracked(root) if path.suffix.lower() in BINARIES]
    for path in text_files(root):
        if b"\r" in path.read_bytes():
            found.append(f"{path.relative_to(root)}: line ends must be LF")
    for module in modules:
        path = root / module / f"{module}.py"
        if path.is_file():
            found += [f"{path.name}: {text}" for text in _file_scope(path)]
    return found


def _file_scope(path: Path) -> Iterator[str]:
    """Slicer runs this at every start: nothing slow may be imported and nothing installed."""
    for node in _run_on_import(ast.parse(path.read_text(encoding="utf-8")).body):
        for name in _imported(node):
            if name not in AT_FILE_SCOPE | sys.stdlib_module_names:
                yield f"imports {name} whenever Slicer starts; import it where it is used"
        if isinstance(node, ast.Call):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if function in INSTALLS:
                yield f"calls {function} whenever Slicer starts"


def _run_on_import(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        yield node
        yield from _run_on_import(ast.iter_child_nodes(node))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [(node.module or "").partition(".")[0]]
    return []
