"""A linear model of the office's own labelled lists: the last evidence of a class, and unknown where it is not sure.

`tools/learn_classes.py` learns it; here it is only applied. The file holds weights of hashed characters, no names.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.business.ngrams import hashed_ngrams
from coverage.errors import SettingsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.business.texts import Told

#: Raised when n-grams are counted in another way: weights learned before are of no use then.
FORMAT: Final = 1
#: What a file that is none, or was damaged on its way, makes the readers of numpy, zipfile and JSON raise.
_UNREADABLE: Final = (
    KeyError,
    TypeError,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
#: A model is a megabyte; a file that unpacks to more is none.
MAX_BYTES: Final = 64_000_000
_CLASSES: Final = frozenset(str(number) for number in range(1, 15))


class ClassModel(NamedTuple):
    """Weights of buckets × classes; the best class must be `margin` ahead of the next one."""

    classes: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    margin: float


def learned_classes(told: Told, model: ClassModel) -> pd.Series:
    """Return the class of each organisation by the model, "" where it is not sure or nothing is said."""
    scores = hashed_ngrams(told, buckets=len(model.weights)) @ model.weights + model.bias
    ranked = np.sort(scores, axis=1)
    is_sure = ranked[:, -1] - ranked[:, -2] >= model.margin
    says = ((told.name != "") | (told.scope != "")).to_numpy()
    best = np.asarray(model.classes, dtype=object)[scores.argmax(axis=1)]
    return pd.Series(np.where(is_sure & says, best, ""), index=told.name.index, dtype="str")


def pack_model(model: ClassModel) -> bytes:
    """Return a model as the bytes of an .npz file; equal models, equal bytes."""
    about = json.dumps({"format": FORMAT, "classes": model.classes, "margin": model.margin})
    file = io.BytesIO()
    np.savez_compressed(file, about=np.array(about), weights=model.weights, bias=model.bias)
    return file.getvalue()


def read_model(content: bytes, *, file: str) -> ClassModel:
    """Return the model of an .npz file.

    Raises
    ------
    SettingsError
        It is none, or one of another version.
    """
    try:
        arrays = _arrays(content)
        about = json.loads(str(arrays["about"]))
        classes, margin = tuple(map(str, about["classes"])), float(about["margin"])
        weights, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
    except _UNREADABLE as error:
        raise SettingsError("learned.unreadable", file=file) from error
    is_whole = weights.ndim == bias.ndim + 1 == 2 and weights.shape[1] == len(bias) == len(classes) and len(weights)
    is_ours = len(classes) > 1 and set(classes) <= _CLASSES and np.isfinite(weights).all() and np.isfinite(bias).all()
    if about.get("format") != FORMAT or not is_whole or not is_ours:
        raise SettingsError("learned.unreadable", file=file)
    return ClassModel(classes, weights, bias, margin)


def _arrays(content: bytes) -> dict[str, NDArray[np.generic]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(each.file_size for each in packed.infolist()) > MAX_BYTES:
            raise ValueError("size")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in ("about", "weights", "bias")}
