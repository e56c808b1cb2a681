"""The user's own file with the results in it: he chooses it again, because uploads are not kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import streamlit as st

from coverage.errors import UploadError
from coverage.export.workbook import write_back
from coverage.intake import Source
from ui.downloads import File, offer
from ui.export_files import size_text
from ui.loading import stored_list
from words import t

if TYPE_CHECKING:
    from coverage.pipeline import Plan
    from ui.current import Current

_KINDS = ["csv", "txt", "xlsx", "xlsm", "xls"]
_LIMIT_MB = 200


def show_write_back(current: Current, plan: Plan) -> None:
    """Take the imported file once more and give it back with the results; nothing of it is stored."""
    st.html(f"<h2>{t('app.writeback.title')}</h2>")
    st.caption(t("app.writeback.text"))
    file = st.file_uploader(t("app.writeback.upload"), type=_KINDS, key="write-back", max_upload_size=_LIMIT_MB)
    if file is None:
        return
    source = _imported(current, file.name, file.getvalue())
    with st.spinner(t("app.writeback.making")):
        back = write_back(plan, source, mappings=stored_list(current.list_id).mappings)
    offer(
        t("app.writeback.download", name=back.name, size=size_text(back.content)),
        File(back.name, back.content, "application/octet-stream", rows=len(plan.orgs)),
        type="primary",
    )


def _imported(current: Current, name: str, content: bytes) -> Source:
    """Return the file under the name it was imported by; another content is another list."""
    digest = hashlib.sha256(content).hexdigest()
    imported = next((file.name for file in current.files if file.sha256 == digest), None)
    if imported is None:
        raise UploadError("write_back.other_file", file=name)
    return Source(imported, content)
