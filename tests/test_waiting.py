import pytest

from tests.waiting import eventually, eventually_async


def test_the_first_true_value_is_returned() -> None:
    values = iter([0, None, "here"])
    assert eventually(lambda: next(values)) == "here"


def test_a_condition_that_never_holds_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="not within"):
        eventually(lambda: False, seconds=0.01)


async def test_async_tests_run_and_can_wait() -> None:
    with pytest.raises(AssertionError, match="not within"):
        await eventually_async(lambda: False, seconds=0.01)
