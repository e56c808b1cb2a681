"""What the office's own settings file names for pages and workers: geocoding services, and a model of classes.

The file lies in the data directory. It may hold keys, so nothing of it gets into the store, a plan or an export.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.business.learned import ClassModel, read_model
from coverage.errors import SettingsError
from coverage.settings import named_model
from geo.errors import InputError
from geo.gazetteer import CONFIRMED, LISTED
from geo.providers import load_providers

if TYPE_CHECKING:
    from pathlib import Path

    from geo.providers import ProviderSettings
    from store.engine import Store

OFFICE_FILE: Final = "settings.toml"
_KEPT: Final = 4


class Service(NamedTuple):
    """A service by its name in a settings file."""

    name: str
    settings: ProviderSettings


class OfficeModel(NamedTuple):
    """A model of classes, and the hash of its file."""

    model: ClassModel
    sha256: str


def service_named(name: str, text: str) -> Service:
    """Return the service of that name in a settings file.

    Raises
    ------
    InputError
        There is no such service in it, or one that cannot be used.
    """
    known = load_providers(text)
    if not known:
        raise InputError("providers.none")
    if name not in known:
        raise InputError("providers.unknown", name=name, known=", ".join(sorted(known)))
    if name in {CONFIRMED, LISTED}:  # its points would pass for a planner's
        raise InputError("providers.bad_name", names=name)
    return Service(name, known[name])


def office_services(store: Store) -> tuple[str, ...]:
    """Return the names of the services that the office's settings file describes, as they stand there."""
    return tuple(load_providers(_office_text(store)))


def office_service(store: Store, name: str) -> Service:
    """Return a service of the office's settings file."""
    return service_named(name, _office_text(store))


def office_model(store: Store) -> OfficeModel | None:
    """Return the model of classes that the office's settings file names, None where it names none.

    Raises
    ------
    SettingsError
        It is not there, or it is none.
    """
    name = named_model(_office_text(store))
    if not name:
        return None
    file = store.folder / name
    try:
        about = file.stat()
        return _model(file, about.st_mtime_ns, about.st_size)
    except OSError as error:
        raise SettingsError("learned.unreadable", file=name) from error


def _office_text(store: Store) -> str:
    """Return the office's settings file, "" where there is none."""
    file = store.folder / OFFICE_FILE
    try:
        return file.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("office.unreadable", file=str(file)) from error


@lru_cache(maxsize=_KEPT)
def _model(file: Path, _changed_ns: int, _bytes: int) -> OfficeModel:
    """Return the model of a file as it was at a moment."""
    content = file.read_bytes()
    return OfficeModel(read_model(content, file=file.name), hashlib.sha256(content).hexdigest())
