"""Functions for workers, which import them by name: plain ones, and some that end as crashes do."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

#: What a key's content begins with when something is to happen; a path follows.
DIE, DIE_ONCE, FAIL = b"die", b"die-once:", b"fail"


def reverse(content: bytes) -> bytes:
    """Return the content backwards."""
    return content[::-1]


def crash(content: bytes) -> bytes:
    """Return the content backwards, unless it says that the worker dies or the key fails."""
    if content == FAIL:
        raise ValueError(content)
    if content == DIE or (content.startswith(DIE_ONCE) and _is_first(Path(os.fsdecode(content[len(DIE_ONCE) :])))):
        _die()
    return content[::-1]


def _is_first(mark: Path) -> bool:
    if mark.exists():
        return False
    mark.touch()
    return True


def _die() -> None:
    """End this process at once: nothing is cleaned up, as after kill -9."""
    if sys.platform == "win32":
        os._exit(1)
    os.kill(os.getpid(), signal.SIGKILL)
