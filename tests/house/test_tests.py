"""Tests that never run prove nothing."""

import ast

from django.test import SimpleTestCase

from tests.house.tree import trees


def lost_classes(tree: ast.AST) -> list[str]:
    """Classes that a decorator for functions turns into functions, which no runner collects (`translation.override`)."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", getattr(decorator.func, "id", "")) == "override"
    ]


class CollectionTests(SimpleTestCase):
    def test_no_class_is_lost(self):
        found = {f"{name}: {lost}" for name, tree in trees("tests") for lost in lost_classes(tree)}
        self.assertEqual(found, set())

    def test_the_rule_sees_it(self):
        for text in ("@translation.override('en')\nclass A: pass", "@override('en')\nclass A: pass"):
            self.assertEqual(lost_classes(ast.parse(text)), ["A"])
        self.assertEqual(lost_classes(ast.parse("@override_settings(A=1)\nclass A: pass")), [])
