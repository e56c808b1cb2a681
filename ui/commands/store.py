"""Looking after the store: is it whole, a backup, a restore, the tables of another version."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.options import DataFolder, OutFile
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store import Store, StoreError

Url = Annotated[str, typer.Option("--url", metavar="URL", help=t("store_commands.url"))]
BackupFile = Annotated[Path | None, typer.Argument(metavar="FILE", help=t("store_commands.file"), show_default=False)]

commands = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@commands.command("check", help=t("store_commands.check"))
def check(data: DataFolder = None, url: Url = "") -> None:
    from store.checking import check as findings_of
    from store.checking import check_against_backup
    from store.copying import row_counts
    from store.errors import StoreError

    try:
        with _opened(data, url) as store:
            findings = [*findings_of(store), *check_against_backup(store, store.folder)]
            rows = 0 if findings else sum(row_counts(store).values())
    except StoreError as error:
        if error.key != "store.damaged":
            raise
        _say(error)
        raise typer.Exit(1) from error
    for finding in findings:
        text = t(f"store.fault.{finding.fault}", where=finding.where, detail=finding.detail)
        print(finding.fault, finding.where, text)
    ending = "unsound" if findings else "sound"
    print(t(f"store_commands.{ending}", count=len(findings), rows=rows), file=sys.stderr)
    raise typer.Exit(int(bool(findings)))


@commands.command("backup", help=t("store_commands.backup"))
def backup(
    data: DataFolder = None,
    url: Url = "",
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help=t("store_commands.to"))] = None,
) -> None:
    from store.backup import back_up

    with _opened(data, url) as store:
        print(back_up(store, to=to).file)


@commands.command("restore", help=t("store_commands.restore"))
def restore(
    file: BackupFile = None,
    data: DataFolder = None,
    url: Url = "",
    yes: Annotated[bool, typer.Option("--yes", help=t("store_commands.yes"))] = False,
) -> None:
    from geo.errors import InputError

    if file is None:
        _list_backups(data)
        return
    if not yes:
        raise InputError("store_commands.say_yes", file=str(file))
    kept = _restored(file, data, url)
    print(t("store_commands.restored", file=str(file), kept=str(kept)))


@commands.command("migrate", help=t("store_commands.migrate"))
def migrate(
    data: DataFolder = None,
    url: Url = "",
    to: Annotated[str, typer.Option("--to", metavar="VERSION", help=t("store_commands.version"))] = "head",
) -> None:
    from store.migrating import migrate as bring

    with _opened(data, url, must_exist=False) as store:
        before, after = bring(store, to=to)
    empty = t("store_commands.empty")
    print(t("store_commands.migrated", before=before or empty, after=after or empty))


@commands.command("landmarks", help=t("gazetteer.export"))
def landmarks(out: OutFile, data: DataFolder = None, url: Url = "") -> None:
    from coverage.landmarks import write_landmarks
    from store.gazetteer import read_landmarks
    from store.users import local_scope
    from ui.terminal import write_files

    with _opened(data, url) as store:
        found = read_landmarks(store, local_scope())
    write_files(out.parent, {out.name: write_landmarks(found)})
    print(t("gazetteer.exported", count=len(found), file=str(out)), file=sys.stderr)


@contextmanager
def _opened(data: Path | None, url: str, *, must_exist: bool = True) -> Iterator[Store]:
    """Give the store as it is; a command that only looks makes none."""
    from store import open_store
    from store.engine import file_of
    from store.errors import StoreError

    folder = _folder(data)
    file = file_of(folder, url)
    if must_exist and file is not None and not file.exists():
        raise StoreError("store.none", file=str(file))
    store = open_store(folder, url=url, must_be_current=False)
    try:
        yield store
    finally:
        store.engine.dispose()


def _restored(file: Path, data: Path | None, url: str) -> Path:
    """Restore a backup, also where the file that is there cannot be opened; return where that is kept."""
    from store.engine import file_of
    from store.errors import StoreError
    from store.migrating import migrate as bring
    from store.restoring import replace_file
    from store.restoring import restore as put_back

    try:
        with _opened(data, url, must_exist=False) as store:
            bring(store)
            return put_back(store, file)
    except StoreError as error:
        current = file_of(_folder(data), url)
        is_beyond_help = error.key in {"store.damaged", "store.newer"} and error.values.get("file") == str(current)
        if current is None or not is_beyond_help:
            raise
        _say(error)
        return replace_file(current, file)


def _list_backups(data: Path | None) -> None:
    from store.shelf import backups

    found = backups(_folder(data))
    for made in found:
        print(made.at.strftime("%Y-%m-%d %H:%M:%S UTC"), made.reason, made.file, sep="\t")
    print(t("store_commands.listed", count=len(found)), file=sys.stderr)


def _folder(data: Path | None) -> Path:
    from ui.stores import data_directory

    return data or data_directory()


def _say(error: StoreError) -> None:
    print(t(error.key, **error.values), file=sys.stderr)
