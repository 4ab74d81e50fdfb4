"""How each mistake fails."""

from snippets.representation.activation_maximization_mistakes import (
    climb_probability,
    climb_relu,
)


def test_the_probability_rises_while_the_class_s_own_logit_falls():
    probability, logit = climb_probability()
    assert round(probability, 3) == 0.987 and round(logit, 2) == -2.17


def test_a_unit_that_is_off_at_the_start_stays_off_behind_its_relu():
    assert climb_relu(before_relu=False) == 0.0
    assert abs(climb_relu(before_relu=True) - 4.0) < 1e-9
