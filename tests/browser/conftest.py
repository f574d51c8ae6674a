"""report.html in a real browser: run by ``tox run -e browser``, not even collected elsewhere.

The browser is the machine's: Debian's ``chromium``, or what ``BROWSER_EXECUTABLE`` names. Playwright downloads none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit import reports
from contract_kit.findings.results import Result

if TYPE_CHECKING:
    # Its types are there in the environment `browser` alone.
    from playwright.sync_api import Browser, Dialog, Page  # type: ignore[import-not-found, unused-ignore]

collect_ignore_glob = [] if os.environ.get("BROWSER_TESTS") else ["test_*.py"]


@dataclass
class Shown:
    """A report as a browser shows it, and what went on meanwhile."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        """An alert would be a value that ran."""
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def computed(self, expression: str) -> Any:
        """What a script of the test sees; the report's own scripts, if it had any, stay off."""
        return self.page.evaluate(expression)


Show = Callable[..., Shown]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, without a window."""
    executable = os.environ.get("BROWSER_EXECUTABLE") or shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("no chromium here: `apt-get install chromium`, or name one in BROWSER_EXECUTABLE")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Within a container, and as root, Chromium cannot make the sandbox that it asks for.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Write a result's reports, and open report.html as a phone or a desk sees it."""
    contexts = []

    def show(result: Result, *, width: int = 1280, dark: bool = False, script: bool = False) -> Shown:
        [path] = [path for path in reports.write(result, tmp_path) if path.suffix == ".html"]
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        shown = Shown(context.new_page(), path.as_uri())
        shown.page.on("request", lambda request: shown.requests.append(request.url))
        shown.page.on("console", lambda message: shown.complaints.append(message.text))
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("dialog", shown.dismiss)
        shown.page.goto(shown.url)
        return shown

    yield show
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures are kept for a person to look at."""
    folder = Path(os.environ["BROWSER_TESTS"])
    folder.mkdir(parents=True, exist_ok=True)
    return folder
