"""Chromium for the journeys: found on the machine, started once, never downloaded."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# Playwright's synchronous interface runs an event loop in this thread, and Django would refuse to touch the database here.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    found = any(shutil.which(name) for name in NAMES)
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            if not found:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: browser tests were left out"))


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _page_of_the_case(request):
    """A fresh profile and page for each test of a `BrowserCase`, as `self.page`."""
    if request.instance is None or not hasattr(request.instance, "start_page"):
        yield
        return
    request.instance.start_page(request.getfixturevalue("chromium"))
    yield
    request.instance.end_page()
