"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.deployment.deploy_to_hardware import (
    affine_parameters,
    dequantize,
    integer_linear,
    measure,
    percentiles,
    quantize,
)
from snippets.deployment.deploy_to_hardware_mistakes import (
    linear_in_int8,
    mean_latency,
    parameters_without_zero,
)


def test_a_range_without_zero_saturates():
    for low, high, x, wrong_x in [(1.0, 3.0, 3.0, 2.0), (-3.0, -1.0, -3.0, -2.0)]:
        wrong = parameters_without_zero(low, high)
        assert abs(dequantize(quantize(np.array([x]), *wrong), *wrong)[0] - wrong_x) < 1e-9
        right = affine_parameters(low, high)
        assert abs(dequantize(quantize(np.array([x]), *right), *right)[0] - x) < 0.01
        assert dequantize(quantize(np.zeros(1), *right), *right)[0] == 0.0


def test_int8_sums_wrap():
    codes, weights = np.full((1, 4), 100, np.int8), np.full((1, 4), 100, np.int8)
    assert linear_in_int8(codes, weights)[0, 0] == 40_000 % 256 - (256 if 40_000 % 256 > 127 else 0)
    right = integer_linear(codes.astype(np.uint8), 1.0, 0, weights, np.ones(1), np.zeros(1))
    assert right[0, 0] == 40_000


def test_a_cold_start_and_a_pause_hide_in_the_mean():
    # A clock that a call moves: cold 50, then 1 each, and one pause of 30 in a hundred.
    now = [0.0]
    costs = [50.0] + [1.0] * 98 + [30.0]

    def program(cost):
        return lambda: now.__setitem__(0, now[0] + next(cost))

    mean = mean_latency(program(iter(costs)), 100, lambda: now[0])
    assert abs(mean - 1.78) < 1e-9  # no call took 1.78
    seconds = measure(program(iter([*costs, 1.0])), 1, 100, lambda: now[0])
    assert percentiles(seconds) == {"p50": 1.0, "p95": 1.0, "p99": 1.0} and seconds.max() == 30.0
