"""How an app bears many visitors at once: `python -m benchmarks.sessions [--visitors 50] [--budget]`; no browser.

One app with the demonstration list; visitors are Streamlit sessions that speak its protocol. All of them open the
cockpit, then run it again at the same moment, some times; a wait is from the question to the end of the script. What a
session holds is what the app's memory grows by from the first ten visitors to the last, none of them gone.
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
from typing import TYPE_CHECKING, Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.app import ROOT, use_demo_list
from tests.browser.conftest import run_streamlit
from ui.stores import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

#: Seconds in which 95 of 100 reruns end, and MiB that a session may take.
MOST_S, MOST_MIB = 3.0, 1.0
_FIRST: Final = 10  # after them everything shared is there
_ROUNDS: Final = 5
_PATIENCE_S: Final = 120.0
_PERCENTILE: Final = 95


def main() -> int:
    """Measure, and print lines for docs/benchmarks.md; 1 with --budget where visitors wait or take too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--budget", action="store_true", help="fail where it takes more than it may")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ[DIRECTORY_VARIABLE] = folder
        use_demo_list()
        address = stack.enter_context(run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path=""))
        visitors = [visit(stack, address) for _ in range(_FIRST)]
        before = memory_mib()
        visitors += [visit(stack, address) for _ in range(arguments.visitors - _FIRST)]
        each_mib = (memory_mib() - before) / (arguments.visitors - _FIRST)
        with ThreadPoolExecutor(arguments.visitors) as pool:
            waits = sorted(wait for _ in range(_ROUNDS) for wait in pool.map(rerun, visitors))
    slow = waits[int(len(waits) * _PERCENTILE / 100)]
    print(
        f"{arguments.visitors} visitors at once, {_ROUNDS} times: {statistics.median(waits):.2f} s · {slow:.2f} s (p95)"
    )
    print(f"a session: {each_mib:.2f} MiB; load {os.getloadavg()[0]:.0f}")
    return int(arguments.budget and (slow > MOST_S or each_mib > MOST_MIB))


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
        The script raised.
    """
    question = BackMsg()
    question.rerun_script.query_string = ""
    begun = time.monotonic()
    visitor.send(question.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(visitor.recv(_PATIENCE_S, decode=False))
        if answer.WhichOneof("type") == "delta" and answer.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(answer.delta.new_element.exception.message)
        if answer.WhichOneof("type") == "script_finished":
            return time.monotonic() - begun


def memory_mib() -> float:
    """Return what the app holds of its own (Linux)."""
    children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()
    (app,) = (pid for pid in children if b"streamlit" in Path(f"/proc/{pid}/cmdline").read_bytes())
    lines = Path(f"/proc/{app}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1_024


if __name__ == "__main__":
    sys.exit(main())
