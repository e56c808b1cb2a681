"""How an app bears many visitors at once: `python -m benchmarks.sessions [--visitors 50] [--budget]`; no browser.

One app with the demonstration list; visitors are Streamlit sessions that speak its protocol. All of them open the
cockpit, then run it again at the same moment, some times; a wait is from the question to the end of the script. What a
session holds is what the app's memory grows by from the first ten visitors to the last, none of them gone; at the end
as many more come and go. A page that says an error ends the measurement.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.app import ROOT
from benchmarks.demo import keep_made_demo
from tests.browser.conftest import run_streamlit
from ui.demo import today
from ui.stores import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from streamlit.proto.Element_pb2 import Element
    from websockets.sync.client import ClientConnection

#: Seconds in which 95 of 100 reruns end, and MiB that a session may take.
MOST_S, MOST_MIB = 3.0, 1.0
_FIRST: Final = 10  # after them everything shared is there
_ROUNDS: Final = 5
_PATIENCE_S: Final = 120.0
_PERCENTILE: Final = 95
#: Of the fields of /proc/PID/stat after the name: time worked by itself and in the kernel, in ticks (man 5 proc).
_WORKED: Final = slice(11, 13)
_TROUBLE: Final = 'class="trouble"'  # of the page in place of all others


def main() -> int:
    """Measure, and print lines for docs/benchmarks.md; 1 with --budget where visitors wait or take too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--budget", action="store_true", help="fail where it takes more than it may")
    arguments = parser.parse_args()
    if arguments.visitors <= _FIRST:
        parser.error(f"a session is what comes after the first {_FIRST} visitors: at least {_FIRST + 1}")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ[DIRECTORY_VARIABLE] = folder
        keep_made_demo(today())
        address = stack.enter_context(run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path=""))
        app = App.running()
        visitors = [visit(stack, address) for _ in range(_FIRST)]
        before_mib = app.memory_mib()
        visitors += [visit(stack, address) for _ in range(arguments.visitors - _FIRST)]
        held_mib, worked_s = app.memory_mib(), app.cpu_s()
        waits = reruns(visitors)
        each_s, rerun_mib = (app.cpu_s() - worked_s) / len(waits), app.memory_mib() - held_mib
        come_and_go(address, arguments.visitors)
        gone_mib = app.memory_mib() - held_mib
    slow, each_mib = waits[int(len(waits) * _PERCENTILE / 100)], (held_mib - before_mib) / (len(visitors) - _FIRST)
    print(f"{len(visitors)} visitors at once, {_ROUNDS} times: {statistics.median(waits):.2f} s · {slow:.2f} s (p95)")
    print(f"CPU of the app: {each_s:.3f} s a rerun; load {os.getloadavg()[0]:.0f}")
    print(f"a session: {each_mib:.2f} MiB; {len(waits)} reruns: {rerun_mib:+.1f} MiB")
    print(f"with {len(visitors)} more who came and went: {gone_mib:+.1f} MiB")
    return int(arguments.budget and (slow > MOST_S or each_mib > MOST_MIB))


class App(NamedTuple):
    """The process that serves the pages (Linux)."""

    folder: Path

    @classmethod
    def running(cls) -> App:
        """Return the one that this process started."""
        children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()
        folders = [Path("/proc") / pid for pid in children]
        (app,) = (folder for folder in folders if b"streamlit" in (folder / "cmdline").read_bytes())
        return cls(app)

    def memory_mib(self) -> float:
        """Return what it holds of its own."""
        lines = (self.folder / "smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1_024

    def cpu_s(self) -> float:
        """Return the seconds that all its threads have worked."""
        fields = (self.folder / "stat").read_text().rpartition(")")[2].split()  # the name may hold spaces
        return sum(map(int, fields[_WORKED])) / os.sysconf("SC_CLK_TCK")


def reruns(visitors: list[ClientConnection]) -> list[float]:
    """Let all run their page at once, some times; return the seconds of each, the shortest first."""
    with ThreadPoolExecutor(len(visitors)) as pool:
        return sorted(wait for _ in range(_ROUNDS) for wait in pool.map(rerun, visitors))


def come_and_go(address: str, visitors: int) -> None:
    """Let so many look at the cockpit and leave, one after the other."""
    for _ in range(visitors):
        with ExitStack() as stack:
            visit(stack, address)


def visit(stack: ExitStack, address: str) -> ClientConnection:
    """Return a session that has seen the cockpit."""
    url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    wanted = connect(url, origin=Origin(address), subprotocols=[Subprotocol("streamlit")], max_size=None)
    visitor: ClientConnection = stack.enter_context(wanted)
    rerun(visitor)
    return visitor


def rerun(visitor: ClientConnection) -> float:
    """Run a session's script and return the seconds until it ended.

    Raises
    ------
    RuntimeError
        The script raised, or its page says an error: its seconds would say nothing.
    """
    question = BackMsg()
    question.rerun_script.query_string = ""
    begun = time.monotonic()
    visitor.send(question.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(visitor.recv(_PATIENCE_S, decode=False))
        if answer.WhichOneof("type") == "delta" and (said := error_of(answer.delta.new_element)):
            raise RuntimeError(said)
        if answer.WhichOneof("type") == "script_finished":
            return time.monotonic() - begun


def error_of(element: Element) -> str:
    """Return the error that an element shows, "" for none."""
    match element.WhichOneof("type"):
        case "exception":
            return element.exception.message
        case "alert" if element.alert.format == Alert.ERROR:
            return element.alert.body
        case "html" if _TROUBLE in element.html.body:
            return element.html.body
        case _:
            return ""


if __name__ == "__main__":
    sys.exit(main())
