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


LOCKED, FREE = {"is_locked": 1, "version": 2}, {"is_locked": 0, "version": 2}


@pytest.mark.parametrize(("current", "is_saved"), [(LOCKED, True), (FREE, False)])
def test_two_people_who_do_the_same_do_not_meet(
    session: dict[str, Any], current: dict[str, int], *, is_saved: bool
) -> None:
    dropped: list[bool] = []

    def write(_is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        raise ConflictError(current, {"is_locked": 1, "version": 1})

    save("here", Edit(write, lambda _: (), lambda: dropped.append(True)))

    assert dropped == [True] * is_saved
    assert session.get("saved", False) is is_saved
    assert ("clash-here" in session) is not is_saved


def test_what_is_typed_besides_is_shown_though_the_rest_is_there(session: dict[str, Any]) -> None:
    def write(_is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        raise ConflictError(LOCKED, LOCKED)

    save("here", Edit(write, lambda _: [("reason", "", "typed")], lambda: None))

    assert session["clash-here"].lines == (("reason", "", "typed"),)
