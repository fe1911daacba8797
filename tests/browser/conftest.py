"""The pages of the tiny study in a headless Chromium."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checkout import ROOT, Checkout

NAMES = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = ROOT / "tests/browser/screenshots"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        says = "needs a Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(says)
        pytest.skip(says)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start for root, as whom containers run their tests.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page in the browser, and what it has said and asked for since it was opened."""

    name: str
    page: object
    address: str
    said: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def unfold(self) -> None:
        """Open everything that a click would open."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")

    def keep(self, what: str, **options) -> None:
        """A screenshot, for people who ask for it: to paint a long page takes seconds."""
        if "SCREENSHOTS" not in os.environ:
            return
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{self.name}_{what}.png"
        self.page.screenshot(path=path, full_page=True, **options)


@pytest.fixture
def open_page(browser, finished: Checkout) -> Callable[..., Opened]:
    """Open a page from the file system, 800 px wide, as any other options of the browser say."""
    with ExitStack() as stack:

        def opened(name: str, width: int = 800, **options) -> Opened:
            context = browser.new_context(viewport={"width": width, "height": 900}, **options)
            stack.callback(context.close)
            page = context.new_page()
            address = (finished.path / f"results/pages/{name}.html").as_uri()
            found = Opened(name, page, address)
            page.on("console", lambda message: found.said.append(message.text))
            page.on("pageerror", lambda error: found.said.append(str(error)))
            page.on("request", lambda request: found.requests.append(request.url))
            page.goto(address)
            return found

        yield opened
