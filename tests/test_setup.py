"""The set-up that `make app` and `make test` do by themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup_venv

ROOT = Path(__file__).resolve().parent.parent


def set_up(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "tools" / "setup_venv.py"), *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_running_interpreter_is_supported() -> None:
    assert setup_venv._is_supported(sys.version_info[:2])


@pytest.mark.parametrize("version", [None, (3, 10), (3, 15), (2, 7)])
def test_other_versions_are_not(version: tuple[int, int] | None) -> None:
    assert not setup_venv._is_supported(version)


def test_an_interpreter_that_does_not_start_has_no_version(tmp_path: Path) -> None:
    shim = tmp_path / "python3.11"
    shim.write_text("not a program", encoding="utf-8")
    assert setup_venv._version(shim) is None
    assert setup_venv._version(tmp_path / "absent") is None


def test_uv_is_cut_out_of_the_lock_whole() -> None:
    lines = setup_venv._locked("uv").splitlines()
    assert lines[0].startswith("uv==")
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
    assert [line.endswith("\\") for line in lines] == [True] * (len(lines) - 1) + [False]


def test_an_unknown_set_is_refused() -> None:
    done = set_up("everything")
    assert done.returncode != 0
    assert "usage" in done.stderr


def test_an_unsupported_python_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHON", str(tmp_path / "absent"))
    with pytest.raises(SystemExit, match="No Python"):
        setup_venv._interpreter()


@pytest.mark.nightly
@pytest.mark.parametrize("has_uv", [True, False], ids=["uv", "pip alone"])
def test_a_fresh_clone_sets_itself_up(tmp_path: Path, *, has_uv: bool) -> None:
    """Needs a package index: the only test that does."""
    clone, tools = tmp_path / "clone", tmp_path / "bin"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    tools.mkdir()
    if has_uv:
        (tools / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    for program in ("git", "grep", "sh"):
        (tools / program).symlink_to(str(shutil.which(program)))
    environment = os.environ | {"PATH": str(tools), "PYTHON": str(Path(sys._base_executable))}  # type: ignore[attr-defined]  # CPython
    subprocess.run([str(shutil.which("make")), ".venv/dev.stamp"], cwd=clone, env=environment, check=True)
    house = [
        str(setup_venv._venv_python(clone / ".venv")),
        "-m",
        "pytest",
        "-q",
        "tests/test_house.py",
        "-k",
        "environment",
    ]
    subprocess.run(house, cwd=clone, env=environment, check=True)
