from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from store import ConflictError
from ui.saving import Edit, save


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    session: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", session)
    return session


@pytest.mark.parametrize(("lines", "is_saved"), [((), True), ((("state", "locked", "free"),), False)])
def test_two_people_who_do_the_same_do_not_meet(
    session: dict[str, Any], lines: tuple[tuple[str, str, str], ...], *, is_saved: bool
) -> None:
    dropped: list[bool] = []

    def write(_is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        raise ConflictError({}, {})

    save("here", Edit(write, lambda _: lines, lambda: dropped.append(True)))

    assert dropped == [True] * is_saved
    assert session.get("saved", False) is is_saved
    assert ("clash-here" in session) is not is_saved
