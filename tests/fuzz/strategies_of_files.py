"""Damage for the fuzz tests: JSON of any shape and depth, values put where others should stand."""

import json
from typing import Any

from hypothesis import strategies as st

DEEP = 3_000
"""Brackets, one in the other: more than any reader of JSON follows."""
ODD = st.sampled_from(
    ["[" * DEEP, '{"a":' * DEEP, "1e999", "NaN", "-Infinity", "1" * 5000, '"\\ud800"', "null", "{}"]
)
"""Texts that a reader of JSON takes, or fails at, in ways of their own."""
NUMBERS = st.sampled_from([0, -1, 10**400, 10**12, 1e999, -1e999, float("nan"), 1e-300, True])

values = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def spoilt(draw: st.DrawFn, whole: Any) -> Any:
    """A JSON value with something in it taken out or put in place of something else."""
    copy = json.loads(json.dumps(whole))
    at: Any = copy
    for _ in range(draw(st.integers(0, 6))):
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        deeper = at[key]
        if not isinstance(deeper, dict | list) or not deeper or draw(st.booleans()):
            if isinstance(at, dict) and draw(st.booleans()):
                del at[key]
            else:
                at[key] = draw(values)
            return copy
        at = deeper
    return draw(values)
