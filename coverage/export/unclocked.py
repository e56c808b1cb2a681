"""Workbooks without the moment of their making: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

_MODIFIED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


def without_clock(content: bytes, *, day: str) -> bytes:
    """Return a workbook that says it was made on a day (YYYY-MM-DD), with fixed times in the archive."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>" + day.encode() + b"T00:00:00Z", part)
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), part, zipfile.ZIP_DEFLATED)
    return body.getvalue()
