"""Whether a file lies on a network mount, where SQLite's write-ahead log must not be: it needs one host's memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_NETWORK: Final = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
    }
    | {"prl_fs", "vboxsf"}  # folders that a virtual machine shares with its host
    | {"ocfs2", "smb2", "smb3", "smbfs", "webdav"}
    | {"fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"}
)
_MOUNTS: Final = Path("/proc/mounts")
_REMOTE_DRIVE: Final = 4  # DRIVE_REMOTE of GetDriveTypeW


def network_mount(path: Path, mounts: Mapping[str, str] | None = None) -> str:
    """Return the kind of network file system that a path is on, "" for a disk of this machine.

    Parameters
    ----------
    mounts
        Mount point → file system; None asks this machine.
    """
    path = path.absolute()
    if mounts is None and sys.platform == "win32":
        return _windows_share(path)
    kind = _kind_of(path, _mounts() if mounts is None else mounts)
    return kind if kind in _NETWORK else ""


def parse_mounts(text: str) -> dict[str, str]:
    """Return mount point → file system of the lines of /proc/mounts."""
    fields = (line.split() for line in text.splitlines())
    return {_unescaped(field[1]): field[2] for field in fields if len(field) > 2}


def _mounts() -> dict[str, str]:
    if _MOUNTS.exists():
        return parse_mounts(_MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    listed = subprocess.run(["mount"], capture_output=True, text=True, check=False).stdout
    return _parse_mount_command(listed)


def _parse_mount_command(text: str) -> dict[str, str]:
    """Return mount point → file system of macOS's `mount`: "//u@h/s on /Volumes/s (smbfs, nodev)"."""
    found = {}
    for line in text.splitlines():
        _, is_mount, rest = line.partition(" on ")
        point, has_kind, kind = rest.rpartition(" (")
        if is_mount and has_kind:
            found[point] = kind.split(",")[0].rstrip(")")
    return found


def _kind_of(path: Path, mounts: Mapping[str, str]) -> str:
    real = Path(os.path.realpath(path))
    points = [str(folder) for folder in (real, *real.parents)]
    return next((mounts[point] for point in points if point in mounts), "")


def _unescaped(point: str) -> str:
    r"""Return a mount point as it is: the kernel writes blanks as \040."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point


def _windows_share(path: Path) -> str:
    if str(path).startswith("\\\\"):
        return "smb"
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - of Windows only

        if ctypes.windll.kernel32.GetDriveTypeW(path.drive + "\\") == _REMOTE_DRIVE:
            return "smb"
    return ""
