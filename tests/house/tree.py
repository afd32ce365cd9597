"""The project's own files, as the house rules look at them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "forum", "proposals", "agreements")
CODE = ("config", *APPS)


def python_files(*places: str) -> Iterator[Path]:
    """Python files of the given folders, migrations left out."""
    for place in places:
        for path in sorted((ROOT / place).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file: read once for all rules, none of which changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def trees(*places: str) -> Iterator[tuple[str, ast.Module]]:
    """Name and syntax tree of each Python file."""
    for path in python_files(*places):
        yield path.relative_to(ROOT).as_posix(), tree_of(path)


def templates() -> Iterator[tuple[str, str]]:
    """Name and text of each template."""
    for folder in (ROOT / "templates", *(ROOT / place / "templates" for place in CODE)):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
