"""`plan` with the options of this folder: the same files, nothing left over, a refusal in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.test_cli import run, write_list

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_workers_change_no_file_and_leave_nothing(tmp_path: Path) -> None:
    source = write_list(tmp_path / "名单.csv")
    plain = run("plan", source, "--out", tmp_path / "plain")
    asked = run("plan", source, "--out", tmp_path / "asked", "--workers", "2")
    assert (plain.returncode, asked.returncode) == (0, 0)
    names = sorted(path.name for path in (tmp_path / "asked").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "plain").iterdir())
    assert ".checkpoints" not in names
    for name in names:
        if name.endswith(".csv"):
            assert (tmp_path / "asked" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()


def test_no_workers_are_refused(tmp_path: Path) -> None:
    answer = run("plan", write_list(tmp_path / "名单.csv"), "--out", tmp_path / "out", "--workers", "0")
    assert answer.returncode == 2
    assert "--workers" in answer.stderr
    assert not (tmp_path / "out").exists()
