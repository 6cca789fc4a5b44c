"""One point to measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.case import Case

PARAMS = st.dictionaries(
    st.from_regex(r"[a-z_]{1,12}", fullmatch=True),
    st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12)),
    max_size=6,
)


@given(PARAMS)
def test_the_order_of_params_means_nothing(params):
    """Two dicts with the same params are the same case with the same id."""
    turned = dict(reversed(params.items()))
    assert Case.of("f", "m", params) == Case.of("f", "m", turned)
    assert Case.of("f", "m", params).id == Case.of("f", "m", turned).id


@given(PARAMS)
def test_json_keeps_everything(params):
    """A case comes back from its JSON with every value and its type."""
    case = Case.of("backends", "pool", params)
    back = Case.from_json(case.to_json())
    assert case == back
    assert [type(value) for _, value in case.params] == [type(value) for _, value in back.params]
    assert "\n" not in case.to_json()


def test_the_id_reads_well():
    """The id names family, member and every axis, sorted."""
    case = Case.of("backends", "pool", {"workers": 2, "start": "fork"})
    assert case.id == "backends/pool start=fork workers=2"


def test_a_case_knows_its_axes_only():
    """Asking for an axis gives its value; an axis that the family lacks is an error."""
    case = Case.of("backends", "pool", {"workers": 2})
    assert case["workers"] == 2
    with pytest.raises(KeyError):
        case["size"]
