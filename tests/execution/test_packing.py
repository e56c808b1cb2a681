from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from coverage.execution.packing import pack, unpack


class Inner(NamedTuple):
    numbers: np.ndarray[Any, Any]
    name: str


class Outer(NamedTuple):
    inner: Inner
    others: list[Inner]
    share: float
    is_proved: bool
    nothing: None


KINDS: dict[str, type[Any]] = {"Inner": Inner, "Outer": Outer}
ARRAYS = npst.arrays(
    st.sampled_from([np.dtype("<i8"), np.dtype("<f8"), np.dtype("?")]),
    npst.array_shapes(min_dims=1, max_dims=2, min_side=0),
)


def same(left: Inner, right: Inner) -> bool:
    arrays = left.numbers, right.numbers
    return (
        left.name == right.name
        and arrays[0].dtype == arrays[1].dtype
        and arrays[0].shape == arrays[1].shape
        and arrays[0].tobytes() == arrays[1].tobytes()
    )


@given(st.lists(st.builds(Inner, ARRAYS, st.text()), min_size=1), st.floats(allow_nan=False), st.booleans())
def test_what_is_packed_comes_back(inners: list[Inner], share: float, proved: object) -> None:
    back = unpack(pack(Outer(inners[0], inners, share, bool(proved), None), KINDS), KINDS)
    assert (back.share, back.is_proved, back.nothing) == (share, proved, None)
    assert same(back.inner, inners[0])
    assert [same(*pair) for pair in zip(back.others, inners, strict=True)] == [True] * len(inners)


def test_equal_values_give_equal_bytes_and_others_do_not() -> None:
    one, same_one, other = (pack(Inner(np.arange(3), name), KINDS) for name in ("甲", "甲", "乙"))
    assert one == same_one
    assert one != other


def test_a_view_is_packed_as_what_it_shows() -> None:
    numbers = np.arange(12).reshape(3, 4).T[::2]
    assert unpack(pack(numbers, {}), {}).tolist() == numbers.tolist()


def test_arrays_come_back_writable() -> None:
    back = unpack(pack(np.arange(3), {}), {})
    back[0] = 7
    assert back.tolist() == [7, 1, 2]


@pytest.mark.parametrize("value", [np.array([object()]), {"a": 1}, b"bytes", {1}])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        pack(value, KINDS)


def test_a_kind_that_nobody_named_is_refused() -> None:
    content = pack(Inner(np.arange(3), "甲"), KINDS)
    with pytest.raises(KeyError):
        pack(Inner(np.arange(3), "甲"), {})
    with pytest.raises(KeyError):
        unpack(content, {"Outer": Outer})
