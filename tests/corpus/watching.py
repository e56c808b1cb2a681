"""What a piece of code does to the machine: files that it opens, files that it writes, sockets and programs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
#: Code, its data, time zones and how many processors there are: read when first needed.
_READABLE: Final = tuple(
    map(str, (ROOT, sys.prefix, sys.base_prefix, "/usr/share/zoneinfo", "/etc/localtime", "/sys/fs/cgroup"))
)
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES: Final = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "os.symlink")
_OUTSIDE: Final = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "pickle.find_class",
    "ctypes.dlopen",
)

_watched: list[tuple[str, tuple[Any, ...]]] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _watched is not None and (event == "open" or event in _CHANGES or event.startswith(_OUTSIDE)):
        _watched.append((event, arguments))


sys.addaudithook(_hook)


@contextmanager
def watch(*allowed: Path) -> Iterator[list[str]]:
    """Yield what was done beyond reading code and data, and beyond writing into the allowed folders."""
    global _watched  # noqa: PLW0603 - a hook cannot be taken off again, only be told to look away
    beyond: list[str] = []
    events: list[tuple[str, tuple[Any, ...]]] = []
    _watched = events
    try:
        yield beyond
    finally:
        _watched = None
        beyond += [f"{event} {arguments}" for event, arguments in events if _is_beyond(event, arguments, allowed)]


def _is_beyond(event: str, arguments: tuple[Any, ...], allowed: tuple[Path, ...]) -> bool:
    if event.startswith(_OUTSIDE):
        return event != "ctypes.dlopen" or not _lies_in(arguments[0], _READABLE)
    if not isinstance(arguments[0], str | bytes | os.PathLike):
        return False  # a descriptor that is open already
    if _lies_in(arguments[0], tuple(map(str, allowed))) or "__pycache__" in os.fsdecode(arguments[0]):
        return False
    is_reading = event == "open" and not _writes(*arguments[1:])
    return not (is_reading and _lies_in(arguments[0], _READABLE))


def _writes(mode: str | None, flags: int) -> bool:
    return any(sign in "wax+" for sign in mode or "") or bool(flags & _WRITING)


def _lies_in(path: Any, folders: tuple[str, ...]) -> bool:
    full = os.path.realpath(os.fsdecode(path)) if path else ""
    return full.startswith(folders) or not full
