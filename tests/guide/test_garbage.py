import gc

import pytest

from guide import garbage


@pytest.fixture(autouse=True)
def usual_thresholds():
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_cycles_are_looked_for_seldom_inside_and_as_before_outside():
    before = gc.get_threshold()
    with garbage.seldom_collected():
        assert gc.get_threshold()[0] > 10 * 700
        assert gc.isenabled(), "a long build must not keep every cycle"
    assert gc.get_threshold() == before


def test_a_failure_inside_leaves_nothing_changed():
    before = gc.get_threshold()

    @garbage.seldom_collected()
    def fail():
        raise ValueError("inside")

    for _ in range(2):  # a decorated function can be called again
        with pytest.raises(ValueError, match="inside"):
            fail()
        assert gc.get_threshold() == before
