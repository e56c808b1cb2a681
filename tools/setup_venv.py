"""Create or refresh .venv from the hashed lock: `python tools/setup_venv.py run|dev`.

Needs nothing but a Python with venv and pip. uv is used where it is found, else installed beside .venv at the locked
version; plain pip does the work where uv cannot (a mirror that only pip knows, a platform without a uv wheel).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
UV_VENV = ROOT / ".venv-uv"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST, NEWEST = (3, 11), (3, 14)
NO_PYTHON = "No Python 3.11 to 3.14 found. Install one (Debian: python3 python3-venv), or name it with PYTHON="


def main() -> None:
    """Leave .venv holding exactly the wanted set, with a stamp for make."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if wanted not in LOCKS:
        sys.exit(f"usage: {Path(__file__).name} run|dev")
    if (VENV / "dev.stamp").exists():  # a developer's .venv is never cut down to the run set
        wanted = "dev"
    python = _venv_python(VENV)
    if not _is_current(python):
        python = _create(_interpreter())
    _install(python, LOCKS[wanted])
    for name in ("run", wanted):
        (VENV / f"{name}.stamp").touch()


def _venv_python(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def _version(python: str | Path) -> tuple[int, int] | None:
    """Return the minor version of an interpreter that starts (a pyenv shim may not), else None."""
    command = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    major, minor = answer.stdout.split()
    return int(major), int(minor)


def _is_supported(version: tuple[int, int] | None) -> bool:
    return version is not None and OLDEST <= version <= NEWEST


def _is_current(python: Path) -> bool:
    """Tell whether .venv works and is of the version that PYTHON asks for, if it asks."""
    asked = os.environ.get("PYTHON")
    version = _version(python)
    return _is_supported(version) and (not asked or _version(asked) == version)


def _interpreter() -> str:
    """Return PYTHON, else this interpreter, else the newest supported one on PATH."""
    asked = os.environ.get("PYTHON")
    on_path = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for candidate in [asked] if asked else [sys.executable, *on_path]:
        if _is_supported(_version(candidate)):
            return candidate
    sys.exit(NO_PYTHON)


def _create(interpreter: str) -> Path:
    uv = shutil.which("uv")
    if uv:  # works without the venv module, which Debian packs apart
        _run([uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", interpreter, str(VENV)])
    else:
        _run([interpreter, "-m", "venv", "--clear", str(VENV)])
    return _venv_python(VENV)


def _install(python: Path, lock: Path) -> None:
    uv = shutil.which("uv") or _bootstrapped_uv(python)
    if uv:
        command = [
            uv,
            "pip",
            "sync",
            "--quiet",
            "--compile-bytecode",
            "--require-hashes",
            "--python",
            str(python),
            str(lock),
        ]
        if subprocess.run(command, check=False).returncode == 0:
            return
        sys.stderr.write("uv could not install the lock; trying pip\n")
    _run([str(python), "-m", "ensurepip"])
    _run([str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(lock)])


def _bootstrapped_uv(python: Path) -> str | None:
    """Return the locked uv, installed by pip into a folder of its own so that a sync cannot remove it, or None."""
    uv = UV_VENV / _venv_python(VENV).relative_to(VENV).with_name("uv.exe" if os.name == "nt" else "uv")
    if uv.exists():
        return str(uv)
    pip = [str(_venv_python(UV_VENV)), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    _run([str(python), "-m", "venv", "--clear", str(UV_VENV)])
    only_uv = UV_VENV / "uv-only.txt"
    only_uv.write_text(_locked("uv"), encoding="utf-8")
    done = subprocess.run([*pip, "--requirement", str(only_uv)], check=False)
    return str(uv) if done.returncode == 0 else None


def _locked(name: str) -> str:
    """Return the lines of one library in the lock, hashes included."""
    lines = re.search(rf"^{re.escape(name)}==(.*\\\n)*.*\n", LOCKS["dev"].read_text(encoding="utf-8"), re.MULTILINE)
    if lines is None:
        sys.exit(f"{name} is not in {LOCKS['dev'].name}")
    return lines.group()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
