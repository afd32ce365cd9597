"""Rules of the code that no linter knows (docs/architecture.md says why they exist)."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.test import SimpleTestCase

from tests.house.tree import APPS, CODE, ROOT, python_files, trees

LONGEST = 400
# File → why it may declare markup safe.
MARKS_SAFE: dict[str, str] = {
    "config/templatetags/acuerda.py": "names the type of what a template, which escapes, has rendered",
    "core/folding.py": "runs of a template that hold no variable, put together",
    "core/quick.py": "asks whether a value is marked, and marks nothing",
}
# Folders of tests that mirror no app.
OWN_FOLDERS = {"browser", "house", "journeys"}


def may_set_status(name: str) -> bool:
    """Whether a file is a workflow module: `workflow.py`, `workflow_….py` or one in a folder `workflow/`."""
    path = PurePosixPath(name)
    return path.name.startswith("workflow") or path.parent.name == "workflow"


def status_changes(tree: ast.AST) -> Iterator[int]:
    """Lines that give a record a status: by assignment, setattr or a query's update."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)) and getattr(node, "value", None) is not None:
            targets = [node.target]
        for target in targets:
            if any(isinstance(part, ast.Attribute) and part.attr == "status" for part in ast.walk(target)):
                yield node.lineno
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "setattr":
                name = node.args[1] if len(node.args) > 1 else None
                if isinstance(name, ast.Constant) and name.value == "status":
                    yield node.lineno
            if isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "aupdate"}:
                if any(keyword.arg == "status" for keyword in node.keywords):
                    yield node.lineno


class StatusTests(SimpleTestCase):
    def test_only_workflow_modules_set_a_status(self):
        found = {f"{name}:{line}" for name, tree in trees(*CODE) if not may_set_status(name) for line in status_changes(tree)}
        self.assertEqual(found, set())

    def test_the_rule_sees_every_way(self):
        for text in (
            "record.status = 'x'",
            "a = record.status = 'x'",
            "record.status, b = 'x', 1",
            "record.status += 'x'",
            "record.status: str = 'x'",
            "setattr(record, 'status', 'x')",
            "Model.objects.filter(pk=1).update(status='x')",
        ):
            with self.subTest(text):
                self.assertEqual(list(status_changes(ast.parse(text))), [1])

    def test_the_rule_lets_pass_what_is_good(self):
        for text in (
            "record.status",
            "x = record.status",
            "class R:\n    status: str",
            "Model(status='x')",
            "d.update(a=1)",
        ):
            with self.subTest(text):
                self.assertEqual(list(status_changes(ast.parse(text))), [])
        for name, allowed in (
            ("proposals/workflow.py", True),
            ("proposals/workflow/opinions.py", True),
            ("agreements/workflow_meetings.py", True),
            ("proposals/admin.py", False),
            ("proposals/my_workflow.py", False),
        ):
            with self.subTest(name):
                self.assertEqual(may_set_status(name), allowed)


class SafeMarkupTests(SimpleTestCase):
    def test_nobody_declares_markup_safe(self):
        """`format_html` escapes what it is given; `mark_safe` trusts it."""
        found = {
            name
            for name, tree in trees(*CODE)
            for node in ast.walk(tree)
            if (isinstance(node, ast.Name) and node.id in {"mark_safe", "SafeString", "SafeText"})
            or (isinstance(node, ast.Attribute) and node.attr in {"mark_safe", "SafeString", "SafeText"})
        }
        self.assertEqual(found, set(MARKS_SAFE))


class FileTests(SimpleTestCase):
    def test_no_file_is_too_long(self):
        long = {
            path.relative_to(ROOT).as_posix(): lines
            for path in python_files(*CODE, "tests", "script", "bench")
            if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
        }
        self.assertEqual(long, {})

    def test_scripts_fit_on_a_page(self):
        """A command of set-up is read by the person who runs it."""
        long = {
            path.name: lines
            for path in (ROOT / "script").iterdir()
            if path.is_file() and (lines := path.read_text(encoding="utf-8").count("\n")) > 120
        }
        self.assertEqual(long, {})

    def test_every_folder_of_tests_is_a_package(self):
        folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
        self.assertEqual({folder for folder in folders if not (folder / "__init__.py").exists()}, set())

    def test_folders_of_tests_mirror_the_apps(self):
        folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("*.py"))}
        self.assertEqual(folders - OWN_FOLDERS - set(CODE), set())

    def test_every_test_file_is_collected(self):
        """pytest collects `test_*.py`: test cases in another file of a mirrored folder would never run."""
        lost = {
            name
            for name, tree in trees(*(f"tests/{folder}" for folder in (*CODE, *OWN_FOLDERS)))
            if not PurePosixPath(name).name.startswith("test_")
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
        self.assertEqual(lost, set())

    def test_queries_are_counted_inside_with(self):
        """`self.assertNumQueries(3)` alone counts nothing and can never fail."""
        alone = {
            f"{name}:{node.lineno}"
            for name, tree in trees("tests")
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr.startswith(("assertNumQueries", "assertRaises", "subTest"))
            and len(node.value.args) < 2
        }
        self.assertEqual(alone, set())

    def test_apps_name_their_migrations(self):
        """0007_auto_… tells nobody what happened."""
        named = re.compile(r"^\d{4}_(?!auto)[a-z0-9_]+$")
        bad = {
            f"{app}/{path.name}"
            for app in APPS
            for path in (ROOT / app / "migrations").glob("[0-9]*.py")
            if not named.match(path.stem)
        }
        self.assertEqual(bad, set())
