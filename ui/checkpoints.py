"""Results of a run as files of a folder, so that a run that was killed goes on where it was."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from ui.terminal import write_files

if TYPE_CHECKING:
    from pathlib import Path

_DIGEST_BYTES: Final = hashlib.sha256().digest_size
_SUFFIX: Final = ".result"


class FolderCheckpoints(NamedTuple):
    """One file a key and input: the SHA-256 of the result, then the result."""

    folder: Path

    def find(self, key: str, input_sha256: str) -> bytes | None:
        """Return the result of a key that had this input; a damaged one counts as none."""
        try:
            content = (self.folder / _name(key, input_sha256)).read_bytes()
        except OSError:
            return None
        result = content[_DIGEST_BYTES:]
        return result if hashlib.sha256(result).digest() == content[:_DIGEST_BYTES] else None

    def keep(self, key: str, input_sha256: str, result: bytes) -> None:
        """Keep a result: whole or not at all."""
        write_files(self.folder, {_name(key, input_sha256): hashlib.sha256(result).digest() + result})

    def forget(self) -> None:
        """Remove all results, and the folder if nothing else is in it."""
        for file in [*self.folder.glob(f"*{_SUFFIX}"), *self.folder.glob(f".*{_SUFFIX}.*")]:
            file.unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()


def _name(key: str, input_sha256: str) -> str:
    return hashlib.sha256(f"{key}\n{input_sha256}".encode()).hexdigest() + _SUFFIX
