"""A PostgreSQL server of the tests' own: a socket in a folder, no network, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    import pwd

ROOT_ID = 0
FIRST_WITH_ICU = 15
RESTARTED_WITHIN_SECONDS = 20.0
# Nothing here has to survive a power cut; the folder is thrown away.
SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "100"}


class Server(NamedTuple):
    """A running server; its socket lies in the folder."""

    folder: Path
    programs: Path

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run one statement outside of all databases of tests."""
        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def start(self) -> None:
        options = " ".join(f"-c {name}={value or quoted('')}" for name, value in SETTINGS.items())
        options += f" -c unix_socket_directories={self.folder}"
        self.control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def start_again(self) -> None:
        """Start after a kill; refused while what is left of the last life still ends."""
        deadline = time.monotonic() + RESTARTED_WITHIN_SECONDS
        while True:
            try:
                self.start()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def stop(self) -> None:
        self.control("stop", "-m", "immediate")

    def kill(self) -> None:
        """End the server as a power cut would; whoever talks to it is cut off."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)

    def control(self, *arguments: str) -> None:
        as_server(self.programs / "pg_ctl", "-D", str(self.folder / "data"), *arguments)


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL on this machine; its socket and its user are those of Unix."""
    if sys.platform == "win32":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def make_server(programs: Path) -> Server:
    """A new server, running; names of text sort as a Chinese one would sort them where it can."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    if os.geteuid() == ROOT_ID:
        account = server_account()
        os.chown(folder, account.pw_uid, account.pw_gid)
    options = ["--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    if programs.parent.name.isdigit() and int(programs.parent.name) >= FIRST_WITH_ICU:
        options += ["--locale-provider=icu", "--icu-locale=zh-Hans-CN"]
    as_server(programs / "initdb", "-D", str(folder / "data"), *options)
    server = Server(folder, programs)
    server.start()
    return server


def as_server(program: Path, *arguments: str) -> None:
    """Run a program of the server, which refuses to be root."""
    command = [str(program), *arguments]
    if os.geteuid() == ROOT_ID:
        command = ["setpriv", f"--reuid={server_account().pw_name}", "--clear-groups", *command]
    # A file, not a pipe: the server keeps what it inherits open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", timeout=60, check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()


def server_account() -> pwd.struct_passwd:
    import pwd  # noqa: PLC0415 - of Unix only

    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def quoted(value: str) -> str:
    return f"'{value}'"
