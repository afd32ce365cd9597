"""Takes away each guard of a promise in a copy of the tree, one at a time, and runs the tests that have to notice.

    .venv/bin/python bench/guards.py            all of them, half an hour on two cores
    .venv/bin/python bench/guards.py 5 29       those of promises 5 and 29
    .venv/bin/python bench/guards.py --list     the table, without running anything
    .venv/bin/python bench/guards.py --trust    without first running the tests with every guard in place

Ends with status 1 when a guard was missed by its tests, is not where the table says, or when the tests fail with every guard
in place. The table is bench/guards.toml; docs/promises.md says what each promise is and which tests hold it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", "var", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")
#: Pytest's own answers: all passed, some failed.
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Guard:
    """One guard: the promise that it keeps, the text by which it is kept and what stands there without it, and the tests."""

    promise: int
    what: str
    file: str
    guard: str
    without: str
    tests: tuple[str, ...]


def guards(promises: set[int]) -> list[Guard]:
    rows = tomllib.loads((ROOT / "bench" / "guards.toml").read_text(encoding="utf-8"))["guard"]
    found = [Guard(**{**row, "tests": tuple(row["tests"])}) for row in rows]
    return [each for each in found if not promises or each.promise in promises]


def run(tree: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """(pytest's answer, its last lines) for these tests in the copy."""
    order = [str(ROOT / ".venv" / "bin" / "python"), "-m", "pytest", "-q", "-x", "--no-header", *tests]
    done = subprocess.run(order, cwd=tree, env={**os.environ, "DEBUG": "1"}, capture_output=True, text=True, check=False)
    return done.returncode, "\n".join(done.stdout.strip().splitlines()[-4:])


def take_away(tree: Path, each: Guard) -> str:
    """What came of it, in one word: noticed, MISSED, ABSENT (the guard is not where the table says) or BROKEN (no test ran)."""
    path = tree / each.file
    text = path.read_text(encoding="utf-8")
    if each.guard not in text:
        return "ABSENT"
    path.write_text(text.replace(each.guard, each.without), encoding="utf-8")
    try:
        answer, _lines = run(tree, each.tests)
    finally:
        path.write_text(text, encoding="utf-8")
    return {PASSED: "MISSED", FAILED: "noticed"}.get(answer, "BROKEN")


def main(words: list[str]) -> int:
    chosen = guards({int(word) for word in words if word.isdigit()})
    if "--list" in words:
        for each in chosen:
            print(f"{each.promise:>3} {each.what}: {each.file}; {', '.join(each.tests)}")
        return 0
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        every = tuple(dict.fromkeys(test for each in chosen for test in each.tests))
        answer, lines = (PASSED, "") if "--trust" in words else run(tree, every)
        if answer != PASSED:
            print(f"With every guard in place:\n{lines}")
            return 1
        for each in chosen:
            result = take_away(tree, each)
            bad += result != "noticed"
            print(f"{result:>8} {each.promise:>3} {each.what}", flush=True)
    print(f"{len(chosen)} guards, {bad} not noticed.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
