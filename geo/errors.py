"""What a user can put right: a key into the catalogue of words and the values that go with it, no prose."""

from __future__ import annotations


class InputError(Exception):
    """A file, value or setting that cannot be used as given."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        """Return the key and its values, for logs; the words for people come from the catalogue."""
        details = ", ".join(f"{name}={value!r}" for name, value in sorted(self.values.items()))
        return f"{self.key} ({details})" if details else self.key


class BoundaryError(InputError):
    """A boundary directory that cannot be used."""
