"""Make a picture of every page, with the demonstration list, in the two window sizes that planners have.

    python -m tools.screenshots OUT [--app app.py]

Look at them before a release: no test sees a cut text or an ugly colour.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

REPOSITORY = Path(__file__).resolve().parents[1]
SIZES = ((1366, 768), (1920, 1080))
START_SECONDS = 60
MAP_MS = 30_000
SETTLE_MS = 1_200
READY_MAP = '[data-ready="1"]'
#: Name of the picture → address below the app, and whether a map must be drawn.
PAGES = {
    "overview": ("", True),
    "overview-after": ("?scenario=after", True),
    "overview-nation": ("?area=100000", True),
    "overview-province": ("?area=330000", True),
    "overview-county": ("?area=330502", True),
    "map": ("map", True),
    "map-county": ("map?area=330502", True),
    "import": ("import", False),
    "location": ("location", True),
    "groups": ("groups?area=330502", True),
    "compare": ("trial?tab=plans", False),
    "trial": ("trial?tab=trial&area=330502", False),
    "export": ("export", False),
    "history": ("history", False),
    "settings": ("settings", False),
}


def main() -> None:
    """Take the pictures that the command line asks for."""
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        running_app(arguments.app, data) as address,
        sync_playwright() as driver,
    ):
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for width, height in SIZES:
            page = chromium.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            take(page, address, out=arguments.out, suffix=f"{width}x{height}")
            page.close()
        chromium.close()


def parse_arguments() -> argparse.Namespace:
    """Return the folder of the pictures and the script to run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of the pictures")
    parser.add_argument("--app", type=Path, default=REPOSITORY / "app.py", help="script that Streamlit runs")
    return parser.parse_args()


def take(page: Page, address: str, *, out: Path, suffix: str) -> None:
    """Take every page; the first visitor of an empty store is offered the demonstration list and takes it."""
    page.goto(address)
    start = page.get_by_role("button", name=t("app.empty.demo"))
    page.locator(READY_MAP).or_(start).first.wait_for(timeout=MAP_MS)
    if start.is_visible():
        page.screenshot(path=out / f"empty-{suffix}.png")
        start.click()
        page.locator(READY_MAP).wait_for(timeout=MAP_MS)
    for name, (path, has_map) in PAGES.items():
        page.goto(f"{address}/{path}")
        page.locator(".foot").wait_for(timeout=MAP_MS)
        if has_map:
            page.locator(READY_MAP).wait_for(timeout=MAP_MS)
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=out / f"{name}-{suffix}.png")


@contextmanager
def running_app(script: Path, data: str) -> Iterator[str]:
    """Serve the app on a free port of this machine with an empty store, and stop exactly that process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    environment = os.environ | {"COVERAGE_DATA_DIR": data, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """Return once the app answers."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", "/_stcore/health")
            connection.getresponse()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()
    raise TimeoutError(port)


if __name__ == "__main__":
    main()
