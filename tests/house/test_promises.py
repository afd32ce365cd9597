"""docs/promises.md names, for each promise on access, privacy and robustness, the tests that hold it; they are there."""

from __future__ import annotations

import ast
import re
import unittest

from tests.house.tree import CODE, ROOT, trees

PAGE = ROOT / "docs" / "promises.md"
NUMBERS = {*range(1, 17), 27, 28, 29}
#: Modules by which a program reaches another host. The mail server's is the one that may be reached, by the outbox.
NETWORK = {
    "urllib.request",
    "http.client",
    "requests",
    "httpx",
    "aiohttp",
    "ftplib",
    "telnetlib",
    "socketserver",
    "xmlrpc",
    "boto3",
}
#: The mail server's and the file store's are named by whoever runs the site, and reached from one place each.
MAIL = {
    "smtplib": {"core/outbox/sending.py"},
    "socket": {"core/imports/jobs.py"},
    "storages.backends.s3": {"core/object_storage.py"},
    "botocore.config": {"core/object_storage.py"},
    "botocore.exceptions": {"core/object_storage.py"},
}


def rows() -> dict[int, list[str]]:
    """Promise → the tests that its row names, as `file::Class::test` or `file::Class`."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| (\d+) \|", line):
            found[int(match[1])] = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)*)`", line)
    return found


class PromiseTests(unittest.TestCase):
    def test_every_promise_names_tests_that_are_there(self) -> None:
        named = rows()
        self.assertEqual(set(named), NUMBERS)
        for number, tests in named.items():
            with self.subTest(number):
                self.assertNotEqual(tests, [])
            for test in tests:
                path, *names = test.split("::")
                with self.subTest(test):
                    self.assertTrue((ROOT / path).is_file())
                    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
                    for name in names:
                        inside = [each for each in body if getattr(each, "name", None) == name]
                        self.assertEqual(len(inside), 1, f"{name} is not in {path}")
                        body = inside[0].body  # type: ignore[attr-defined]

    def test_nothing_asks_another_host(self) -> None:
        """Promise 11: the application has no way to fetch what somebody typed; the mail server is reached by the outbox alone."""
        found = []
        for path, tree in trees(*CODE):
            for node in ast.walk(tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                for name in names:
                    if name in NETWORK or name.split(".")[0] in NETWORK or path not in MAIL.get(name, {path}):
                        found.append((path, name))
        self.assertEqual(found, [])

    def test_the_proxy_that_our_documentation_sets_up_bounds_slow_clients(self) -> None:
        """Promise 16: it buffers what comes and what goes, and each phase has its end."""
        text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
        needed = (
            "client_header_timeout",
            "client_body_timeout",
            "send_timeout",
            "proxy_request_buffering on",
            "limit_conn",
            "client_max_body_size",
        )
        self.assertEqual([name for name in needed if name not in text], [])
