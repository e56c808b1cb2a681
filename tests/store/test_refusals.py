"""Where nothing can be written, the store says so in words and keeps what it had."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from store import StoreError, faults, open_store
from store.backup import back_up
from store.checking import check
from store.copying import digest
from store.engine import FILE_NAME
from store.mounts import _parse_mount_command, network_mount, parse_mounts
from store.restoring import restore
from store.shelf import backups
from tests.store.filling import fill
from tests.store.processes import last_round, write_round
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store import Store

resource = pytest.importorskip("resource", reason="limits and owners of files are those of Unix")
ROOT = Path(__file__).resolve().parents[2]
ROOT_ID = 0
NOBODY = 65_534
PAGE = 4_096
FRAME = 24  # header of each page in the log
LOG = f"{FILE_NAME}-wal"

MOST_WRITES = 400
FEWEST_WRITES = 10
SMALL_DISK = "3m"

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
tmpfs /run tmpfs rw 0 0
server:/plans /mnt/plans nfs4 rw,vers=4.2 0 0
//server/party /mnt/with\\040blank cifs rw 0 0
host /mnt/plans/local ext4 rw 0 0
user@server: /srv/far fuse.sshfs rw 0 0
share /media/sf_share vboxsf rw 0 0
/dev/sda1 /media/stick fuseblk rw 0 0
"""


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    """A filled store in a file."""
    store = open_store(tmp_path / "data")
    fill(store)
    yield store
    store.engine.dispose()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/mnt/plans/2026", "nfs4"),
        ("/mnt/with blank", "cifs"),
        ("/mnt/plans/local/2026", ""),
        ("/srv/far/away", "fuse.sshfs"),
        ("/srv", ""),
        ("/media/sf_share", "vboxsf"),
        ("/media/stick", ""),
    ],
)
def test_network_mounts_are_known(path: str, kind: str) -> None:
    assert network_mount(Path(path), parse_mounts(MOUNTS)) == kind


def test_mounts_of_a_mac_are_read() -> None:
    text = "/dev/disk1 on / (apfs, local)\n//u@server/party on /Volumes/the party (smbfs, nodev, mounted by u)\n"
    assert _parse_mount_command(text) == {"/": "apfs", "/Volumes/the party": "smbfs"}


def test_a_store_on_a_network_mount_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path, mounts={"/": "ext4", str(tmp_path.parent.resolve()): "nfs"})
    assert refused.value.key == "store.network_mount"
    assert "nfs" in told(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_named_file_on_a_network_mount_is_refused_too(tmp_path: Path) -> None:
    far = tmp_path / "far"
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path, url=f"sqlite:///{far / 'x.sqlite'}", mounts={"/": "ext4", str(far.resolve()): "cifs"})
    assert refused.value.key == "store.network_mount"


@pytest.mark.parametrize("content", [b"this is a letter, no database" * 200, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_called_damaged_and_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path)
    assert refused.value.key == "store.damaged"
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_an_address_that_is_none_is_refused_without_showing_it(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path, url="postgres password@host")
    assert refused.value.key == "store.bad_url"
    assert "password" not in str(refused.value)


def test_a_server_that_is_away_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as refused:
        open_store(tmp_path, url=f"postgresql+psycopg://wang:secret@/plans?host={tmp_path}")
    assert refused.value.key == "store.unreachable"
    assert "secret" not in told(refused.value)


def test_a_read_only_folder_is_refused(open_folder: Path) -> None:
    store = open_store(open_folder)
    fill(store)
    whole = digest(store)
    store.engine.dispose()
    open_folder.chmod(0o555)
    with as_nobody():
        with pytest.raises(StoreError) as refused:
            open_store(open_folder)
        with pytest.raises(StoreError) as refused_below:
            open_store(open_folder / "new")
    assert refused.value.key == refused_below.value.key == "store.read_only"
    assert str(open_folder) in told(refused.value)
    open_folder.chmod(0o755)
    store = open_store(open_folder)
    assert digest(store) == whole
    store.engine.dispose()


def test_a_read_only_file_opens_and_says_so_on_the_first_write(open_folder: Path) -> None:
    open_store(open_folder).engine.dispose()
    open_folder.chmod(0o777)
    (open_folder / FILE_NAME).chmod(0o444)
    with as_nobody():
        store = open_store(open_folder)
        with pytest.raises(StoreError) as refused:
            write_round(store, 1)
        assert last_round(store) == 0
        store.engine.dispose()
    assert refused.value.key == "store.read_only"


def test_a_backup_into_a_read_only_folder_is_refused(open_folder: Path) -> None:
    store = open_store(open_folder)
    closed = open_folder / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    with as_nobody(), pytest.raises(StoreError) as refused:
        back_up(store, to=closed / "a.sqlite")
    assert refused.value.key == "store.read_only"
    assert str(closed) in told(refused.value)
    assert list(closed.iterdir()) == []
    store.engine.dispose()


def test_a_full_database_keeps_what_it_had(local: Store) -> None:
    with most_pages(local, more=60):
        written, refused = write_until_refused(local)
        assert refused.key == "store.full"
        assert str(local.folder) in told(refused)
        assert last_round(local) == written > 0
        assert check(local) == []
    write_round(local, written + 1)
    assert last_round(local) == written + 1


def test_a_full_disk_keeps_what_it_had_and_leaves_no_half_backup(small_disk: Path) -> None:
    store = open_store(small_disk)
    written, refused = write_until_refused(store)
    assert refused.key == "store.full"
    assert last_round(store) == written > 0
    assert check(store) == []
    with pytest.raises(StoreError) as refused_backup:
        back_up(store)
    assert refused_backup.value.key == "store.full"
    assert list((small_disk / "backups").iterdir()) == []
    assert last_round(store) == written
    store.engine.dispose()


def test_each_write_that_fails_leaves_the_old_state_whole(tmp_path: Path) -> None:
    """The size of files is limited, so that one write call after another is the first to fail."""
    store = open_store(tmp_path)
    write_round(store, 1)
    before, size = digest(store), (tmp_path / LOG).stat().st_size
    failed = 0
    for step in range(MOST_WRITES):
        with files_up_to(size + (step // 2) * (FRAME + PAGE) + (step % 2) * FRAME):
            refused = refusal_of_a_round(store, 2)
        if refused is None:
            break
        failed += 1
        assert refused.key in {"store.broken", "store.full"}
        assert str(tmp_path) in told(refused)
        assert digest(store) == before
    assert failed > FEWEST_WRITES
    assert last_round(store) == 2
    assert check(store) == []
    store.engine.dispose()


def test_a_failing_backup_file_changes_nothing_on_restore(local: Store) -> None:
    made = back_up(local)
    content = bytearray(made.file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + PAGE] = bytes(PAGE)
    made.file.write_bytes(content)
    whole = digest(local)
    with pytest.raises(StoreError) as refused:
        restore(local, made.file)
    assert refused.value.key in {"store.backup_damaged", "store.damaged"}
    assert digest(local) == whole
    assert [each.reason for each in backups(local.folder)] == ["manual"]


def test_what_is_no_backup_is_not_restored(local: Store, tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("letter", b"a letter" * 1000)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(StoreError):
            restore(local, tmp_path / name)
    with pytest.raises(StoreError):
        restore(local, tmp_path / "missing")
    assert check(local) == []


def test_every_word_of_the_store_is_in_the_catalogue() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "store").rglob("*.py")))
    keys = set(re.findall(r'StoreError\(\s*"(store\.[a-z_]+)"', sources))
    kinds = {*faults._SQLITE.values(), *faults._SQLSTATE.values(), *faults._SYSTEM.values(), "unreachable"}
    found = set(re.findall(r'Finding\("([a-z_]+)"', sources)) | {
        f"audit_{how}" for how in ("changed", "missing", "cut")
    }
    keys |= {f"store.{kind}" for kind in kinds} | {f"store.fault.{fault}" for fault in found}
    assert len(keys) > len(kinds) + len(found)
    assert {key for key in keys if not has_text(key)} == set()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach: the folders of pytest are closed to all but one."""
    folder = Path(tempfile.mkdtemp(prefix="store-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that is soon full."""
    mounted = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(tmp_path)]
    if os.geteuid() != ROOT_ID or subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user whom permissions hold back: root they do not."""
    if os.geteuid() != ROOT_ID:
        yield
        return
    os.setresuid(NOBODY, NOBODY, ROOT_ID)
    try:
        yield
    finally:
        os.setresuid(ROOT_ID, ROOT_ID, ROOT_ID)


@contextmanager
def most_pages(store: Store, *, more: int) -> Iterator[None]:
    """Let the file grow by so many pages only."""

    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + more}")

    store.engine.dispose()
    event.listen(store.engine, "connect", limit)
    yield
    event.remove(store.engine, "connect", limit)
    store.engine.dispose()


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let every write past so many bytes of a file fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def write_until_refused(store: Store) -> tuple[int, StoreError]:
    """Write rounds until one is refused; return the last that was kept, and the refusal."""
    number = last_round(store)
    while (refused := refusal_of_a_round(store, number + 1)) is None:
        number += 1
    return number, refused


def refusal_of_a_round(store: Store, number: int) -> StoreError | None:
    try:
        write_round(store, number)
    except StoreError as error:
        return error
    return None


def told(error: StoreError) -> str:
    """The words that a planner reads."""
    return t(error.key, **error.values)
