"""What a file is and whether it may be opened: by its first bytes, never by its name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from coverage.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from coverage.intake.sources import Readable, Source

#: INTERFACES: the command line takes this much, the app less.
MAX_BYTES: Final = 1_000_000_000
MAX_UNPACKED_BYTES: Final = 200 * 2**20
MAX_RATIO: Final = 100
MAX_MEMBERS: Final = 1_000
#: What calamine may lay out as one rectangle: it reserves every cell between the first and the last one used.
MAX_CELLS: Final = 30_000_000

#: How an XLSX file begins.
ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# MS-OFFCRYPTO 2.3.4.4: where a workbook with a password keeps its archive
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_BLANKS: Final = b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"
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
# How nearly all workbooks write a cell; whatever its prefix, quotes and attributes, it holds one of the others
_USUAL_CELL: Final = b'<c r="'
# XFD1048576 is the last cell of a sheet
_LONGEST_COLUMN: Final = 3
_LONGEST_ROW: Final = 7
_ANY_CELL: Final = tuple(opening + end for opening in (b"<c", b":c") for end in (b" ", b">", b"\t", b"\n", b"\r"))
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
    if is_text(source):
        return FileKind.TEXT
    if source.content.startswith(ZIP):
        _check_archive(source)
    elif _ENCRYPTED_STREAM in source.content:
        raise UploadError("upload.encrypted", file=source.name)
    return FileKind.WORKBOOK


def is_text(source: Readable) -> bool:
    """Say whether a file is text that may be read; else it begins as a workbook does.

    Raises
    ------
    UploadError
        As `recognise` does, of all that is no workbook.
    """
    seen = _look_through(source)
    if seen.is_blank:
        raise UploadError("upload.empty", file=source.name)
    if seen.size > MAX_BYTES:
        raise UploadError("upload.too_large", file=source.name, limit_mb=MAX_BYTES // 10**6)
    if seen.head.startswith((ZIP, _OLE)):
        return False
    if seen.head.startswith(_FOREIGN) or _MARKUP.match(seen.head):
        raise UploadError("upload.wrong_type", file=source.name)
    if seen.has_nul and not seen.head.startswith(_UTF16):
        raise UploadError("upload.nul", file=source.name)
    return True


class _Seen(NamedTuple):
    """The first block of a file, and what is in any of them."""

    head: bytes
    size: int
    is_blank: bool
    has_nul: bool


def _look_through(source: Readable) -> _Seen:
    seen = _Seen(b"", 0, is_blank=True, has_nul=False)
    with source.open() as file:
        while block := file.read(_BLOCK):
            seen = _Seen(
                seen.head or block,
                seen.size + len(block),
                is_blank=seen.is_blank and not block.strip(_BLANKS),
                has_nul=seen.has_nul or b"\x00" in block,
            )
    return seen


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
            if unpacked > min(MAX_UNPACKED_BYTES, MAX_RATIO * len(source.content)) or block.startswith(ZIP):
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
        self._last_column = 1
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
            column = max(map(_column_number, {letters for letters, _ in places}), default=1)
            row = max(map(int, {digits for _, digits in places}), default=0)
            self._last_row = max([self._last_row, *map(int, _ROW.findall(complete))])
            self._is_odd = self._is_odd or _UNPLACED_CELL.search(complete) is not None
        else:
            count, column, row = _usual_cells(complete)
            self._is_odd = self._is_odd or count != sum(map(complete.count, _ANY_CELL))
        self._last_column = max(self._last_column, column)
        self._last_cell_row = max(self._last_cell_row, row)

    @property
    def cells(self) -> int:
        """The number of cells of the rectangle from A1; a cell without a place follows the row it stands in."""
        return max(self._last_cell_row, self._last_row if self._is_odd else 0) * self._last_column

    @property
    def is_doubtful(self) -> bool:
        """Say whether the rectangle may be too large, or cells are written in an unusual way: measure exactly then."""
        return self._is_odd or self.cells > MAX_CELLS


def _usual_cells(text: bytes) -> tuple[int, int, int]:
    """Return how many cells are written in the usual way, and the last column and row among them.

    Whole blocks at a time: a pattern for single cells takes three seconds for four million of them.
    """
    codes = np.frombuffer(text + bytes(len(_USUAL_CELL) + _LONGEST_COLUMN + _LONGEST_ROW + 1), dtype=np.uint8)
    at = np.flatnonzero(codes[: len(text)] == _USUAL_CELL[0])
    for place, code in enumerate(_USUAL_CELL[1:], 1):
        at = at[codes[at + place] == code]
    at += len(_USUAL_CELL)
    column, at = _read_number(codes, at, digits=(ord("A"), _LETTERS, 1), longest=_LONGEST_COLUMN)
    row, at = _read_number(codes, at, digits=(ord("0"), 10, 0), longest=_LONGEST_ROW)
    is_usual = (column > 0) & (row > 0) & (codes[at] == ord('"'))
    return int(is_usual.sum()), int(column[is_usual].max(initial=1)), int(row[is_usual].max(initial=0))


def _read_number(
    codes: NDArray[np.uint8], at: NDArray[np.intp], *, digits: tuple[int, int, int], longest: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Return the number that is written at each place, and the place after it.

    Parameters
    ----------
    digits
        The first digit, how many there are, and what the first one counts.
    """
    first, base, value = digits
    number, at = np.zeros(len(at), dtype=np.int64), at.copy()
    is_open = np.ones(len(at), dtype=bool)
    for _ in range(longest):
        digit = codes[at].astype(np.int64) - first
        is_open &= (digit >= 0) & (digit < base)
        number = np.where(is_open, number * base + digit + value, number)
        at += is_open
    return number, at


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + letter - ord("A") + 1
    return number
