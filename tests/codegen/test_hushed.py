"""Warnings about source that is only read are not seen, and there is no second `hushed` inside of one."""

import warnings

import pytest

from ormgen_codegen.hushed import hushed, is_hushed
from ormgen_codegen.scan_calls import call_at


def test_it_is_known_and_ends() -> None:
    assert not is_hushed()
    with hushed():
        assert is_hushed()
        assert not is_hushed(DeprecationWarning)
        with hushed(DeprecationWarning):
            assert is_hushed(DeprecationWarning)
    assert not is_hushed()


@pytest.mark.filterwarnings("error")
def test_only_one_kind() -> None:
    with hushed(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        with pytest.raises(UserWarning, match="new"):
            warnings.warn("new", UserWarning, stacklevel=1)


def test_a_call_that_is_parsed_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call = call_at('Hero.get(name="\\d")', 5)
    assert call is not None
    assert call.name == "get"
