"""What a task takes and gives as bytes: sent, returned and kept in one form, and never a pickle.

The length of a JSON tree, the tree, then its arrays one after the other (as in safetensors, with a tree for a list).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH_BYTES: Final = 8
_PLAIN: Final = (str, int, float, bool, type(None))
# What marks an array or a named tuple in the tree; plain dicts are not packed, so nothing else looks like it.
_ARRAY: Final = "array"
_KIND: Final = "#kind"


def pack(value: object, kinds: Mapping[str, type[Any]]) -> bytes:
    """Return named tuples, lists, arrays and plain values as bytes; equal values give equal bytes.

    Parameters
    ----------
    kinds
        The named tuples that may occur, by name. Plain tuples come back as lists.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    tree = _tree_of(value, {kind: name for name, kind in kinds.items()}, arrays)
    text = json.dumps(tree, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(_LENGTH_BYTES, "little"), text, *(array.tobytes() for array in arrays)])


def unpack(content: bytes, kinds: Mapping[str, type[Any]]) -> Any:
    """Return what was packed."""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    return _Reader(content, end, kinds).read(json.loads(content[_LENGTH_BYTES:end]))


def _tree_of(value: object, names: Mapping[type[Any], str], arrays: list[np.ndarray[Any, Any]]) -> object:
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise TypeError(value.dtype)
        arrays.append(value)
        return {_ARRAY: value.dtype.str, "shape": value.shape}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        fields = zip(value._fields, value, strict=True)
        return {_KIND: names[type(value)]} | {name: _tree_of(field, names, arrays) for name, field in fields}
    if isinstance(value, list | tuple):
        return [_tree_of(each, names, arrays) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, _PLAIN):
        return value
    raise TypeError(type(value))


class _Reader:
    """Walks through the tree, and through the arrays beside it."""

    def __init__(self, content: bytes, start: int, kinds: Mapping[str, type[Any]]) -> None:
        self._content, self._at, self._kinds = content, start, kinds

    def read(self, tree: object) -> object:
        if isinstance(tree, list):
            return [self.read(each) for each in tree]
        if not isinstance(tree, dict):
            return tree
        if _ARRAY in tree:
            return self._array(np.dtype(tree[_ARRAY]), tree["shape"])
        kind = self._kinds[tree[_KIND]]
        return kind(**{name: self.read(field) for name, field in tree.items() if name != _KIND})

    def _array(self, dtype: np.dtype[Any], shape: list[int]) -> np.ndarray[Any, Any]:
        count = math.prod(shape)
        array = np.frombuffer(self._content, dtype, count, self._at).reshape(shape)
        self._at += array.nbytes
        return array.copy()  # writable, and free of the bytes around it
