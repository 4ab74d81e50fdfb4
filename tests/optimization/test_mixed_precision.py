"""What formats, scale and master weights promise."""

import math

import numpy as np

from snippets.optimization.mixed_precision import FORMATS, cast, finfo, scaled_step, unscale, update_scale


def raises(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_the_limits_of_a_format_follow_from_its_bits():
    for name in ("float16", "float32"):
        ours, numpy = finfo(*FORMATS[name]), np.finfo(name)
        assert ours == {"max": float(numpy.max), "tiny": float(numpy.tiny), "eps": float(numpy.eps),
                        "smallest": float(numpy.smallest_subnormal)}
    assert finfo(5, 2)["max"] == 57344 and finfo(4, 3, False)["max"] == 448 and finfo(4, 3)["max"] == 240
    assert finfo(4, 3, False)["smallest"] == 2.0**-9 and finfo(8, 7)["eps"] == 2.0**-7
    assert finfo(2, 1) == {"max": 3.0, "tiny": 1.0, "smallest": 0.5, "eps": 0.5}  # 0, 0.5, 1, 1.5, 2, 3
    for bits in ((1, 3), (5, 0)):
        message = raises(finfo, *bits)
        assert message == f"exponent_bits must be at least 2 and mantissa_bits 1, got {bits[0]} and {bits[1]}"


def test_rounding_equals_the_machine_s_float16_ties_and_subnormals_included():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(3000) * 10.0 ** rng.integers(-9, 6, 3000)
    edges = [0.0, 2.0**-25, 3 * 2.0**-25, 2049.0, 2051.0, 65519.0, 65520.0, 1e9, math.inf, 1 + 2.0**-11]
    x = np.concatenate([x, edges, np.negative(edges), [math.nan]])
    with np.errstate(over="ignore"):
        expected = x.astype(np.float16).astype(np.float64)
    np.testing.assert_array_equal(cast(x, 5, 10), expected)


def test_integers_and_lists_are_cast_like_floats():
    assert cast(np.array([-128, 127, 3], np.int8), 5, 2).tolist() == [-128.0, 128.0, 3.0]
    assert cast([2049, 2051], 5, 10).tolist() == [2048.0, 2052.0]
    assert cast([10**20], 8, 7).tolist() == [173 * 2.0**59]  # no integer of 64 bits
    assert cast(np.float32(-0.3), 4, 3, False).dtype == np.float64


def test_an_update_is_lost_below_a_relative_limit_that_depends_on_the_weight():
    for bits, low, high in ((FORMATS["bfloat16"], 0.0019, 0.0040), (FORMATS["float16"], 0.00024, 0.00049)):
        for weight in cast(np.linspace(1, 2, 23)[:-1], *bits):  # both signs of the update
            for sign in (1, -1):
                assert cast(weight * (1 + sign * 0.99 * low), *bits) == weight
                assert cast(weight * (1 + sign * 1.01 * high), *bits) != weight


def test_a_format_without_infinity_overflows_to_nan():
    ours = cast(np.array([[448.0, 463.0, 470.0], [-500.0, 0.3, 2.0**-11]]), 4, 3, False)
    np.testing.assert_array_equal(ours, [[448.0, 448.0, math.nan], [math.nan, 0.3125, 0.0]])


def test_unscaling_returns_the_gradient_that_float16_alone_would_lose():
    true, scale = np.array([2e-8, -3e-6, 0.5]), 8192.0
    assert np.float16(true[0]) == 0
    scaled = (true * scale).astype(np.float16)
    (ours,), found = unscale([scaled], scale)
    assert ours.dtype == np.float32 and found is False
    np.testing.assert_allclose(ours, true, rtol=2.0**-10)
    assert unscale([scaled, np.array([np.inf], np.float16)], scale)[1] is True
    assert unscale([np.array([np.nan], np.float16)], scale)[1] is True
    np.testing.assert_array_equal(unscale([np.array([3.0], np.float16)], 0.5)[0], [[6.0]])
    assert raises(unscale, [scaled], 0.0) == "scale must be positive, got 0.0"


def test_the_scale_halves_at_once_and_doubles_after_a_run():
    scale, tracker, course = 65536.0, 0, []
    for found in (True, False, False, True, False, False, False, False):
        scale, tracker = update_scale(scale, tracker, found, growth_interval=3)
        course.append((scale, tracker))
    assert course == [(32768, 0), (32768, 1), (32768, 2), (16384, 0), (16384, 1), (16384, 2), (32768, 0),
                      (32768, 1)]
    assert update_scale(8.0, 1999, False) == (16.0, 0)
    assert update_scale(8.0, 0, False, growth_interval=1) == (16.0, 0)
    assert update_scale(10.0, 4, True, 3.0, 0.2, 5) == (2.0, 0)
    assert update_scale(10.0, 4, False, 3.0, 0.2, 5) == (30.0, 0)


def test_the_step_clips_what_has_been_unscaled():
    master = [np.array([1.0, 2.0], np.float32), np.array([[3.0]], np.float32)]
    grads = [np.array([3072.0, 0.0], np.float16), np.array([[4096.0]], np.float16)]  # 3, 0, 4 times 1024
    ours, found = scaled_step(master, grads, 1024.0, 0.1)
    assert found is False
    np.testing.assert_allclose(np.concatenate([w.ravel() for w in ours]), [0.7, 2.0, 2.6], rtol=1e-6)
    clipped, _ = scaled_step(master, grads, 1024.0, 0.1, max_norm=1.0)  # norm 5
    np.testing.assert_allclose(np.concatenate([w.ravel() for w in clipped]), [0.94, 2.0, 2.92], rtol=1e-6)
    small, _ = scaled_step([master[0]], [np.array([512.0, 0.0], np.float16)], 1024.0, 0.1, max_norm=0.25)
    np.testing.assert_allclose(small[0], [0.975, 2.0], rtol=1e-6)  # norm 0.5, halved
    assert raises(scaled_step, master, grads[:1], 1024.0, 0.1)
    free, _ = scaled_step(master, grads, 1024.0, 0.1, max_norm=5.1)
    np.testing.assert_array_equal(free[0], ours[0])
    assert all(w.dtype == np.float32 for w in ours) and master[0].tolist() == [1.0, 2.0]


def test_an_overflow_skips_the_whole_step():
    master = [np.ones(2, np.float32), np.ones(3, np.float32)]
    grads = [np.ones(2, np.float16), np.array([1, np.inf, 1], np.float16)]
    ours, found = scaled_step(master, grads, 2.0, 0.1)
    assert found is True
    for new, old in zip(ours, master, strict=True):
        np.testing.assert_array_equal(new, old)


def test_master_weights_keep_an_update_that_16_bits_lose():
    for name, end in (("float32", 0.9), ("float16", 1.0), ("bfloat16", 1.0)):
        weight = np.array(1.0)
        for _ in range(1000):
            weight = cast(weight - 1e-4, *FORMATS[name])
        assert abs(float(weight) - end) < 1e-4, name
    master = [np.ones(1, np.float32)]
    for _ in range(1000):
        master, _ = scaled_step(master, [np.array([1024.0], np.float16)], 1024.0, 1e-4)
    assert abs(master[0].item() - 0.9) < 1e-4


def test_no_gradient_and_no_values_are_no_fault():
    assert cast(np.zeros((0, 3)), 5, 10).shape == (0, 3)
    ours, found = scaled_step([np.ones(2, np.float32)], [np.zeros(2, np.float16)], 2.0, 0.1, 1.0)
    assert found is False and ours[0].tolist() == [1.0, 1.0]
