"""Files that are better made than kept: archives that are bombs, parts with entities, containers of other programs."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIXED_TIME: Final = (2026, 1, 1, 0, 0, 0)
_OLE_SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_SECTOR: Final = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_DIRECTORY_ENTRY: Final = 128
_ROOT_ENTRY, _STREAM_ENTRY = 5, 2
# Where the directory of an archive states the unpacked size, and the flags, of a member
_STATED_SIZE_AT, _FLAGS_AT = 24, 8


def make_file(recipe: Mapping[str, Any]) -> bytes:
    """Return the bytes of a recipe: `kind` is zip, bytes or ole (README.md)."""
    return _MAKERS[recipe["kind"]](recipe)


def _make_bytes(recipe: Mapping[str, Any]) -> bytes:
    """Return `start`, then the bytes in hexadecimal digits and the text after them, `repeat` times, then `end`."""
    start, text, end = (str(recipe.get(part, "")).encode() for part in ("start", "text", "end"))
    return start + (bytes.fromhex(recipe.get("hex", "")) + text) * int(recipe.get("repeat", 1)) + end


def _make_zip(recipe: Mapping[str, Any]) -> bytes:
    """Return an archive of members: name, and text (or members, an archive inside) written `repeat` times."""
    file = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.filterwarnings("ignore", "Duplicate name")
        for member in recipe["members"]:
            content = _make_zip(member) if "members" in member else member.get("text", "").encode()
            for number in range(member.get("copies", 1)):
                info = zipfile.ZipInfo(member["name"].format(number=number), _FIXED_TIME)
                info.compress_type = zipfile.ZIP_STORED if member.get("stored") else zipfile.ZIP_DEFLATED
                archive.writestr(info, content * member.get("repeat", 1))
    made = bytearray(file.getvalue())
    if "states_size" in recipe:
        _patch(made, _STATED_SIZE_AT, struct.pack("<I", recipe["states_size"]))
    if recipe.get("is_encrypted"):
        _patch(made, _FLAGS_AT, struct.pack("<H", 1))
    return bytes(made[: len(made) - recipe.get("cut", 0)])


def _patch(archive: bytearray, offset: int, value: bytes) -> None:
    """Write a value into the directory entry of the last member."""
    at = archive.rfind(b"PK\x01\x02") + offset
    archive[at : at + len(value)] = value


def _make_ole(recipe: Mapping[str, Any]) -> bytes:
    """Return a compound file with one empty stream a name: what an old workbook, or one with a password, looks like."""
    header = _OLE_SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    table = struct.pack("<128I", _TABLE, _END, *[_FREE] * 126)
    names = recipe["streams"]
    entries = [_directory_entry("Root Entry", _ROOT_ENTRY, child=1)]
    entries += [
        _directory_entry(name, _STREAM_ENTRY, right=number + 1 if number < len(names) else _FREE)
        for number, name in enumerate(names, 1)
    ]
    return header + table + b"".join(entries).ljust(_SECTOR, b"\x00")


def _directory_entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    encoded = (name + "\x00").encode("utf-16-le")
    entry = encoded.ljust(64, b"\x00") + struct.pack("<HBB", len(encoded), kind, 1)
    entry += struct.pack("<III", _FREE, right, child)
    entry += bytes(36) + struct.pack("<IQ", _END, 0)
    return entry[:_DIRECTORY_ENTRY]


_MAKERS: Final = {"bytes": _make_bytes, "zip": _make_zip, "ole": _make_ole}
