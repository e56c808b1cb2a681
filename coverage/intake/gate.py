"""What a file is and whether it may be opened: by its first bytes, never by its name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from coverage.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.intake.sources import Source

#: INTERFACES: the command line takes this much, the app less.
MAX_BYTES: Final = 1_000_000_000
MAX_UNPACKED_BYTES: Final = 200 * 2**20
MAX_RATIO: Final = 100
MAX_MEMBERS: Final = 1_000
#: What calamine may lay out as one rectangle: it reserves every cell between the first and the last one used.
MAX_CELLS: Final = 30_000_000

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_FOREIGN: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"PAR1",
    b"SQLite format",
    b"PK\x05\x06",
    b"PK\x07\x08",
)
_MARKUP: Final = re.compile(rb"[\s\xef\xbb\xbf]*<(?:!|\?xml|html|table|meta|head)", re.IGNORECASE)
_WORKBOOK_PART: Final = "xl/workbook.xml"
_SHEET_PART: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
# PKWARE APPNOTE 4.3.7: the local header of a member, and where its name's and extra field's lengths stand
_LOCAL_HEADER_BYTES: Final = 30
_LOCAL_LENGTHS_AT: Final = 26
_ENCRYPTED: Final = 1
_BLOCK: Final = 2**20
# How nearly all workbooks write a cell; whatever its prefix, quotes and attributes, a cell matches the third
_COLUMN_OF_CELL: Final = re.compile(rb'<c r="([A-Z]+)')
_ROW_OF_CELL: Final = re.compile(rb'<c r="[A-Z]+(\d+)"')
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s>]")
# Cells that hold something (empty formatted ones take no room), those among them without a place, and rows
_FILLED_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["']([A-Za-z]+)(\d+)["'](?:[^<>]*[^<>/])?>""")
_UNPLACED_CELL: Final = re.compile(rb"<(?:\w+:)?c(?![^<>]*\sr=)(?:\s[^<>]*)?(?<!/)>")
_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*?\s)?r=["'](\d+)["']""")
_LONGEST_TAG: Final = 2**16
_LETTERS: Final = 26


class FileKind(Enum):
    """What a list may be stored as."""

    TEXT = auto()
    WORKBOOK = auto()


def recognise(source: Source) -> FileKind:
    """Return what a file is by its content.

    Raises
    ------
    UploadError
        Empty, too large, not one of the kinds that are read, or an archive that is not what it says.
    """
    content = source.content
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UploadError("upload.empty", file=source.name)
    if len(content) > MAX_BYTES:
        raise UploadError("upload.too_large", file=source.name, limit_mb=MAX_BYTES // 10**6)
    if content.startswith(_ZIP):
        _check_archive(source)
        return FileKind.WORKBOOK
    if content.startswith(_OLE):
        return FileKind.WORKBOOK
    if content.startswith(_FOREIGN) or _MARKUP.match(content):
        raise UploadError("upload.wrong_type", file=source.name)
    if b"\x00" in content and not content.startswith(_UTF16):
        raise UploadError("upload.nul", file=source.name)
    return FileKind.TEXT


def _check_archive(source: Source) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
            members = archive.infolist()
        if _WORKBOOK_PART not in {member.filename for member in members}:
            raise UploadError("upload.wrong_type", file=source.name)
        _check_members(source, members)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, EOFError) as error:
        raise UploadError("upload.damaged", file=source.name) from error


def _check_members(source: Source, members: list[zipfile.ZipInfo]) -> None:
    names = {member.filename for member in members}
    if len(members) > MAX_MEMBERS or len(names) < len(members):
        raise UploadError("upload.suspicious_archive", file=source.name)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UploadError("upload.encrypted", file=source.name)
    unpacked = 0
    for member in members:
        extent = Extent()
        for block in _unpack(source.content, member):
            unpacked += len(block)
            if unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * len(source.content)) or block.startswith(_ZIP):
                raise UploadError("upload.suspicious_archive", file=source.name)
            if _SHEET_PART.fullmatch(member.filename):
                extent.see(block)
        if extent.is_doubtful and _measure(source.content, member).cells > MAX_CELLS:
            raise UploadError("upload.too_many_cells", file=source.name)


def _measure(content: bytes, member: zipfile.ZipInfo) -> Extent:
    extent = Extent(is_exact=True)
    for block in _unpack(content, member):
        extent.see(block)
    return extent


def _unpack(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the real bytes of a member, whatever size its entry in the directory claims."""
    name, extra = struct.unpack_from("<HH", content, member.header_offset + _LOCAL_LENGTHS_AT)
    start = member.header_offset + _LOCAL_HEADER_BYTES + name + extra
    packed = memoryview(content)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(member.compress_type)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    pending: bytes | memoryview = packed
    while not inflater.eof and len(pending):
        yield inflater.decompress(pending, _BLOCK)
        pending = inflater.unconsumed_tail


class Extent:
    """The rectangle that the cells of a sheet span, seen block by block: at most so large, or exactly."""

    def __init__(self, *, is_exact: bool = False) -> None:
        self._is_exact = is_exact
        self._columns: set[bytes] = {b"A"}
        self._last_cell_row = 0
        self._last_row = 0
        self._is_odd = False
        self._rest = b""

    def see(self, block: bytes) -> None:
        """Take the next block of the sheet's XML into account; a tag that goes on is kept for the next one."""
        text = self._rest + block
        end = text.rfind(b"<")
        complete, self._rest = text[:end], text[end:][-_LONGEST_TAG:]
        if self._is_exact:
            places = _FILLED_CELL.findall(complete)
            columns, rows = [column for column, _ in places], {row for _, row in places}
            self._last_row = max([self._last_row, *map(int, _ROW.findall(complete))])
            self._is_odd = self._is_odd or _UNPLACED_CELL.search(complete) is not None
        else:
            columns, rows = _COLUMN_OF_CELL.findall(complete), set(_ROW_OF_CELL.findall(complete))
            self._is_odd = self._is_odd or len(columns) != len(_ANY_CELL.findall(complete))
        self._columns.update(columns)
        self._last_cell_row = max([self._last_cell_row, *map(int, rows)])

    @property
    def cells(self) -> int:
        """The number of cells of the rectangle from A1; a cell without a place follows the row it stands in."""
        rows = max(self._last_cell_row, self._last_row if self._is_odd else 0)
        return rows * max(map(_column_number, self._columns))

    @property
    def is_doubtful(self) -> bool:
        """Say whether the rectangle may be too large, or cells are written in an unusual way: measure exactly then."""
        return self._is_odd or self.cells > MAX_CELLS


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number
