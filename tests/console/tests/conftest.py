"""One browser for all tests of the page."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.console import Console
from tests.local_stack.deployed import Deployed
from tests.patience import standstill_seconds

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium here: install Debian's with `apt-get install chromium`"
PATIENCE_MILLISECONDS = 1000 * standstill_seconds()
DESKTOP, PHONE = (1280, 900), (390, 844)
USERS = (
    "lotta", "piet", "rosa", "kees", "bram", "faye", "trix", "emma", "hans", "puck", "otto", "sana",
    "vera", "mila", "nils", "nora", "olaf",
)  # fmt: skip
# The browser writes a line for each refusal; where a test wants one, it is no mistake.
_REFUSAL = "Failed to load resource: the server responded with a status of 4"


@dataclass
class Visit:
    """A browser window on the console, and what went wrong inside it."""

    page: Page
    mistakes: list[str] = field(default_factory=list)
    expects_refusals: bool = False

    def become(self, user_id: str) -> None:
        """Choose who is signed in."""
        self.page.get_by_label("Signed in as").select_option(user_id)

    def heading(self, text: str) -> None:
        """Wait until this is what the page is about."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def loaded(self) -> None:
        """Wait until holdings are there."""
        expect(self.page.get_by_role("table").first).to_be_visible()

    def note(self, said: ConsoleMessage, url: str) -> None:
        """Keep what the browser complains of, except on the pages of others."""
        if said.type == "error" and self.page.url.startswith(url):
            self.mistakes.append(said.text)

    def demand_faultless(self) -> None:
        """Fail if the browser complained."""
        known = _REFUSAL if self.expects_refusals else "\0"
        assert [each for each in self.mistakes if not each.startswith(known)] == []


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(MISSING)
    # Chromium refuses to sandbox itself for root, as in a container.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def opened(browser: Browser, console: Console, running: Deployed) -> Console:
    # After the browser: without one nothing is deployed for this.
    console.open(running, USERS)
    return console


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshots")


def a_visit(browser: Browser, console: Console, **options: Any) -> Iterator[Visit]:
    width, height = options.pop("size", DESKTOP)
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    page = context.new_page()
    visit = Visit(page)
    page.on("console", lambda each: visit.note(each, console.url))
    page.on("pageerror", lambda error: visit.mistakes.append(str(error)))
    page.goto(console.url)
    yield visit
    context.close()
    visit.demand_faultless()


@pytest.fixture
def visit(browser: Browser, opened: Console) -> Iterator[Visit]:
    yield from a_visit(browser, opened)


@pytest.fixture
def dark_phone(browser: Browser, opened: Console) -> Iterator[Visit]:
    yield from a_visit(browser, opened, size=PHONE, color_scheme="dark", has_touch=True)
