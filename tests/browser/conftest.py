"""What every browser test needs: Chromium, an app on a loopback port, and a page that notes what it asks and says."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request

REPOSITORY = Path(__file__).parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# What a browser does by itself would look like the app asking the outside world.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
STREAMLIT_OPTIONS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.enableStaticServing": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
}
START_SECONDS = 60.0
# The first run of a script imports pandas and the rest, on a machine that may be busy with other tests.
EXPECT_MS = 30_000
# A click or a new page waits as long: the app may be making a plan of three thousand organisations.
ACT_MS = 60_000
STOP_SECONDS = 10.0
# A deep link asks for these two below its own path first; Streamlit then finds them at the root (notes of the app, §9).
EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")


class RecordedPage(Page):
    """A page that knows which other hosts it asked and what went wrong in its console."""

    foreign_requests: list[str]
    console_errors: list[str]


class StartApp(Protocol):
    """Start a Streamlit script and return its address; the app is stopped at the end of the session."""

    def __call__(self, script_path: Path, env: Mapping[str, str] | None = None, *, base_path: str = "") -> str: ...


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def streamlit_app() -> Iterator[StartApp]:
    with ExitStack() as running:

        def start(script_path: Path, env: Mapping[str, str] | None = None, *, base_path: str = "") -> str:
            return running.enter_context(run_streamlit(script_path, env or {}, base_path=base_path))

        yield start


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all tests: the frontend is fetched and compiled once. What a tab holds is its own."""
    shared = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    shared.set_default_timeout(ACT_MS)
    yield shared
    shared.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[RecordedPage]:
    recorded = cast("RecordedPage", context.new_page())
    recorded.foreign_requests, recorded.console_errors = [], []
    recorded.on("request", lambda request: note_foreign(recorded, request))
    recorded.on("console", lambda message: note_error(recorded, message))
    recorded.on("pageerror", lambda error: recorded.console_errors.append(str(error)))
    yield recorded
    recorded.close()


def find_chromium() -> str:
    """Return the path of Chromium; without one the test is skipped, or fails where REQUIRE_BROWSER=1."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1 and no Chromium on PATH")
    pytest.skip("no Chromium on PATH")


def note_foreign(page: RecordedPage, request: Request) -> None:
    address = urlsplit(request.url)
    if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
        page.foreign_requests.append(request.url)


def note_error(page: RecordedPage, message: ConsoleMessage) -> None:
    source = str(message.location.get("url", ""))
    if message.type == "error" and not urlsplit(source).path.endswith(EXPECTED_404):
        page.console_errors.append(f"{message.text} {source}".strip())


@contextmanager
def run_streamlit(script_path: Path, env: Mapping[str, str], *, base_path: str) -> Iterator[str]:
    """Serve a script on a free port of 127.0.0.1 and stop exactly that process afterwards."""
    port = free_port()
    options = STREAMLIT_OPTIONS | {"server.port": str(port), "server.baseUrlPath": base_path}
    flags = [f"--{name}={value}" for name, value in options.items()]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)} | dict(env)
    with (
        subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script_path), *flags],
            cwd=script_path.parent,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}/{base_path}".rstrip("/")
            wait_until_healthy(url, server)
            yield url
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(STOP_SECONDS)
            server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310 - our own loopback server
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"the app at {url} did not start")
