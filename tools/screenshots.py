"""Make a picture of every page, with the demonstration list, in the two window sizes that planners have.

    python -m tools.screenshots OUT [--app app.py] [--tour docs/images]

Look at them before a release: no test sees a cut text or an ugly colour. With `--tour` the pictures of docs/tour.md are
written as well, from the smaller window and in few colours. What is done on each page is in `screenshot_steps`.
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

from PIL import Image
from playwright.sync_api import sync_playwright

from tools.screenshot_steps import AT_REST, MAP_MS, SHOTS, start_with_demo
from ui.stores import DIRECTORY_VARIABLE
from words import use_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tools.screenshot_steps import Shot

REPOSITORY = Path(__file__).resolve().parents[1]
SIZES = ((1366, 768), (1920, 1080))
START_SECONDS = 60
SETTLE_MS = 1_200
#: Colours of a picture of the tour: the fewer, the smaller, and so many that dots and ramps stay what they are.
TOUR_COLORS = 256
#: Bytes a picture of the tour may have.
TOUR_BYTES = 120_000


def main() -> None:
    """Take the pictures that the command line asks for, each size from an empty store."""
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for size in SIZES[: 1 if arguments.small else None]:
            take_all(chromium, size, arguments)
        chromium.close()
    if arguments.tour:
        write_tour(arguments.out, arguments.tour)


def parse_arguments() -> argparse.Namespace:
    """Return the folders of the pictures, the script to run, and which pages and sizes are wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder of the pictures")
    parser.add_argument("--app", type=Path, default=REPOSITORY / "app.py", help="script that Streamlit runs")
    parser.add_argument("--tour", type=Path, help="folder of the tour's pictures, written from the smaller ones")
    parser.add_argument("--small", action="store_true", help="the smaller window alone")
    parser.add_argument("--only", default="", help="names of pages, joined by commas; steps that others need are taken")
    return parser.parse_args()


def take_all(chromium: Browser, size: tuple[int, int], arguments: argparse.Namespace) -> None:
    """Take every picture in one window size."""
    width, height = size
    wanted = set(arguments.only.split(",")) if arguments.only else {shot.name for shot in SHOTS}
    use_language("zh", everywhere=True)  # the last pictures of a size are English
    with tempfile.TemporaryDirectory() as data:
        os.environ[DIRECTORY_VARIABLE] = data  # a step may add to the store what takes too many clicks
        with running_app(arguments.app, data) as address:
            page = chromium.new_page(viewport={"width": width, "height": height}, locale="zh-CN")
            start_with_demo(page, address, picture=arguments.out / f"empty-{width}x{height}.png")
            for shot in SHOTS:
                if shot.name in wanted or shot.is_needed:
                    take(page, address, shot, file=arguments.out / f"{shot.name}-{width}x{height}.png")
            page.context.close()


def take(page: Page, address: str, shot: Shot, *, file: Path) -> None:
    """Open a page, do what the picture is to show, and take it."""
    page.goto(f"{address}/{shot.path}")
    page.locator(".foot").wait_for(timeout=MAP_MS)
    page.locator(shot.ready).first.wait_for(timeout=MAP_MS)
    shot.act(page)
    page.mouse.move(2, 2)  # no tooltip in the picture
    page.wait_for_timeout(SETTLE_MS)
    page.locator(AT_REST).wait_for(timeout=MAP_MS)
    page.wait_for_timeout(SETTLE_MS)  # what has just come fades in
    page.screenshot(path=file)


def write_tour(pictures: Path, folder: Path) -> None:
    """Write the pictures that the tour shows, in few colours, of those pages that were taken."""
    width, height = SIZES[0]
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("empty", *(shot.name for shot in SHOTS if shot.is_in_tour)):
        source = pictures / f"{name}-{width}x{height}.png"
        if not source.exists():
            continue
        file = folder / f"tour-{name}.png"
        with Image.open(source) as image:
            few = image.convert("RGB").quantize(TOUR_COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        if file.stat().st_size > TOUR_BYTES:
            raise ValueError(f"{file.name} has {file.stat().st_size:,} bytes, more than {TOUR_BYTES:,}")


@contextmanager
def running_app(script: Path, data: str) -> Iterator[str]:
    """Serve the app on a free port of this machine with an empty store, and stop exactly that process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    environment = os.environ | {DIRECTORY_VARIABLE: data, "PYTHONPATH": str(REPOSITORY)}
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
