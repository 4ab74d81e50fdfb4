"""What the arithmetic, the stopwatch and the alarm promise."""

import numpy as np

from snippets.deployment.deploy_to_hardware import (
    affine_parameters,
    dequantize,
    integer_linear,
    measure,
    percentiles,
    quantize,
    quantize_weight,
    stability_index,
)


def raises(function, *args):
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_the_numbers_of_the_page():
    scale, zero_point = affine_parameters(-1.0, 4.1)
    assert (round(scale, 12), zero_point) == (0.02, 50)
    codes = quantize(np.array([[0.5, -1.0, 2.0]]), scale, zero_point)
    np.testing.assert_array_equal(codes, [[75, 0, 150]])
    weight_codes, scales = quantize_weight(np.array([[0.127, 0.05, -0.02]]))
    np.testing.assert_array_equal(weight_codes, [[127, 50, -20]])
    # (75 - 50) 127 + (0 - 50) 50 + (150 - 50) (-20) = 3175 - 2500 - 2000 = -1325
    y = integer_linear(codes, scale, zero_point, weight_codes, scales, np.zeros(1))
    np.testing.assert_allclose(y, [[-1325 * 0.02 * 0.001]])


def test_zero_and_the_ends_of_the_range_have_codes():
    for low, high in [(-1.0, 4.1), (0.0, 6.0), (-3.0, 0.0), (2.0, 5.0), (-7.0, -2.0)]:
        scale, zero_point = affine_parameters(low, high)
        assert dequantize(quantize(np.zeros(1), scale, zero_point), scale, zero_point)[0] == 0.0
        ends = np.array([min(low, 0.0), max(high, 0.0)])
        np.testing.assert_array_less(
            np.abs(dequantize(quantize(ends, scale, zero_point), scale, zero_point) - ends), 0.51 * scale)
        np.testing.assert_allclose(scale * 255, ends[1] - ends[0])


def test_the_zero_point_is_the_nearest_integer():
    assert affine_parameters(-1.0, 3.0)[1] == 64  # 63.75
    assert affine_parameters(-3.0, 1.0)[1] == 191  # 191.25


def test_rounding_costs_at_most_half_a_step_inside_the_range():
    scale, zero_point = affine_parameters(-2.0, 3.0)
    x = np.random.default_rng(0).uniform(-1.98, 2.98, size=1000)
    codes = quantize(x, scale, zero_point)
    assert codes.dtype == np.uint8
    error = dequantize(codes, scale, zero_point) - x
    assert np.abs(error).max() <= scale / 2 + 1e-12
    # Uniform rounding errors have the deviation scale / √12; 1,000 of them show it to a few percent.
    assert abs(error.std() / (scale / 12**0.5) - 1) < 0.1


def test_values_outside_the_range_saturate():
    scale, zero_point = affine_parameters(-1.0, 4.1)
    np.testing.assert_array_equal(quantize(np.array([-1e9, 1e9]), scale, zero_point), [0, 255])
    np.testing.assert_array_equal(quantize(np.array([-1.1, 4.2]), scale, zero_point), [0, 255])


def test_an_empty_range_is_harmless():
    scale, zero_point = affine_parameters(0.0, 0.0)
    assert (scale, zero_point) == (1.0, 0)


def test_each_output_has_its_own_weight_scale():
    weight = np.array([[100.0, -40.0], [0.001, 0.0005], [0.0, 0.0]])
    codes, scales = quantize_weight(weight)
    assert codes.dtype == np.int8
    np.testing.assert_array_equal(codes, [[127, -51], [127, 64], [0, 0]])
    np.testing.assert_allclose(scales, [100 / 127, 0.001 / 127, 1.0])


def test_the_integer_layer_is_the_float_layer_on_rounded_numbers():
    rng = np.random.default_rng(1)
    x, weight, bias = rng.normal(size=(5, 33)), rng.normal(size=(7, 33)), rng.normal(size=7)
    scale, zero_point = affine_parameters(x.min(), x.max())
    codes = quantize(x, scale, zero_point)
    weight_codes, scales = quantize_weight(weight)
    y = integer_linear(codes, scale, zero_point, weight_codes, scales, bias)
    rounded = dequantize(codes, scale, zero_point) @ (weight_codes * scales[:, None]).T + bias
    np.testing.assert_allclose(y, rounded, atol=1e-12)
    # Half a step in each input and each weight bounds the distance from the float layer.
    bound = 0.5 * (scale * np.abs(weight).sum(axis=1)
                   + scales * np.abs(dequantize(codes, scale, zero_point)).sum(axis=1)[:, None])
    assert np.all(np.abs(y - (x @ weight.T + bias)) <= bound + 1e-9)


def test_sums_do_not_wrap():
    codes, weights = np.full((1, 3000), 255, np.uint8), np.full((1, 3000), 127, np.int8)
    y = integer_linear(codes, 1.0, 0, weights, np.ones(1), np.zeros(1))
    assert y[0, 0] == 255 * 127 * 3000
    y = integer_linear(codes, 1.0, 255, weights, np.ones(1), np.zeros(1))
    assert y[0, 0] == 0


def test_32_bits_may_wrap_on_the_way_if_the_result_fits():
    codes, weights = np.full((1, 70_000), 255, np.uint8), np.full((1, 70_000), 127, np.int8)
    codes[0, 0] = 250  # 70,000 products of 32,385 are more than 2^31
    y = integer_linear(codes, 1.0, 255, weights, np.ones(1), np.zeros(1))
    assert y[0, 0] == -5 * 127


def test_warm_up_calls_do_not_count():
    now, costs, calls = [0.0], iter([9.0, 8.0, 1.0, 2.0, 3.0]), []

    def call():
        calls.append(now[0])
        now[0] += next(costs)

    seconds = measure(call, 2, 3, lambda: now[0])
    np.testing.assert_array_equal(seconds, [1.0, 2.0, 3.0])
    assert len(calls) == 5


def test_one_call_without_warm_up_can_be_measured():
    times = iter([1.0, 3.0])
    assert measure(lambda: None, 0, 1, lambda: next(times)).tolist() == [2.0]


def test_the_clock_is_read_around_the_call_only():
    times = iter([10.0, 11.5, 100.0, 100.25])
    np.testing.assert_array_equal(measure(lambda: None, 3, 2, lambda: next(times)), [1.5, 0.25])


def test_percentiles_are_latencies_that_occurred():
    seconds = np.random.default_rng(2).permutation(np.arange(1.0, 201.0))
    assert percentiles(seconds) == {"p50": 100.0, "p95": 190.0, "p99": 198.0}
    assert percentiles(np.array([7.0])) == {"p50": 7.0, "p95": 7.0, "p99": 7.0}
    assert percentiles(np.array([3.0, 1.0])) == {"p50": 1.0, "p95": 3.0, "p99": 3.0}


def test_equal_shares_are_stable_and_a_shift_is_not():
    reference = np.array([40, 40, 20])
    assert stability_index(reference, reference) == 0.0
    # p = 40.5, 40.5, 20.5 and q = 20.5, 40.5, 40.5 of 101.5
    expected = 2 * (20 / 101.5) * np.log(40.5 / 20.5)
    np.testing.assert_allclose(stability_index(reference, np.array([20, 40, 40])), expected)
    assert np.isfinite(stability_index(np.array([10, 0]), np.array([0, 10])))


def test_without_drift_the_index_is_about_bins_less_one_over_the_counts():
    # Σ (q - p)² / p is close to it for small differences: expectation (B - 1) (1/n + 1/m).
    rng = np.random.default_rng(3)
    values = [stability_index(*rng.multinomial(2000, np.full(10, 0.1), size=2)) for _ in range(400)]
    expected = 9 * 2 / 2000
    # A chi-square with 9 degrees of freedom has the relative deviation √(2/9), here over √400.
    assert abs(np.mean(values) / expected - 1) < 4 * (2 / 9) ** 0.5 / 20 + 0.02
    assert round(9 * 2 / 191, 2) == 0.09


def test_bad_input_is_named():
    assert "low" in raises(affine_parameters, 2.0, 1.0)
    assert "warmup" in raises(measure, int, -1, 3)
    assert "repeats" in raises(measure, int, 0, 0)
