"""What the counts promise. NumPy and plain asserts only."""

import numpy as np

from snippets.convolution.mobilenet import (
    compose,
    convolution_cost,
    intensity,
    inverted_residual_cost,
    separable_cost,
    survives,
)


def correlate(x, weight):
    """Standard convolution of (C_in, H, W) without padding, by definition."""
    c_out, _, k, _ = weight.shape
    height, width = x.shape[1] - k + 1, x.shape[2] - k + 1
    out = np.zeros((c_out, height, width))
    for p, q in np.ndindex(height, width):
        out[:, p, q] = np.einsum("cuv,ocuv->o", x[:, p:p + k, q:q + k], weight)
    return out


def test_a_standard_layer_costs_what_counting_by_hand_says():
    cost = convolution_cost(3, 5, 7, 11)
    multiply_adds = 11 * 11 * 5 * 3 * 7 * 7
    moved = 3 * 121 + 5 * 121 + 5 * 3 * 49
    assert cost.shape == (3,) and cost.dtype == np.float64
    assert cost.tolist() == [multiply_adds, 735, moved], f"got {cost}"


def test_groups_divide_the_multiply_adds_and_the_weights():
    assert convolution_cost(6, 4, 3, 5, 2).tolist() == [6 * 4 * 9 // 2 * 25, 108, 10 * 25 + 108]
    assert convolution_cost(6, 6, 3, 5, 6).tolist() == [6 * 9 * 25, 54, 12 * 25 + 54]


def test_groups_that_do_not_divide_are_named():
    for arguments in [(6, 4, 3, 5, 4), (6, 4, 3, 5, 3)]:
        message = ""
        try:
            convolution_cost(*arguments)
        except ValueError as error:
            message = str(error)
        assert f"groups {arguments[4]}" in message, f"got {message!r}"


def test_a_separable_layer_saves_one_over_channels_plus_one_over_kernel_squared():
    for c_in, c_out, kernel, size in [(7, 5, 3, 4), (32, 64, 5, 2), (512, 512, 3, 14)]:
        ratio = (separable_cost(c_in, c_out, kernel, size)
                 / convolution_cost(c_in, c_out, kernel, size))
        assert abs(ratio[0] - (1 / c_out + 1 / kernel**2)) < 1e-12
        assert ratio[0] == ratio[1], "at equal size weights shrink as the arithmetic does"


def test_what_lies_between_the_two_layers_is_moved_twice():
    moved = separable_cost(2, 3, 3, 5)[2]
    assert moved == (2 + 2) * 25 + 18 + (2 + 3) * 25 + 6


def test_an_inverted_residual_is_up_depthwise_down():
    cost = inverted_residual_cost(4, 3, 5, 7)
    weights = 4 * 12 + 25 * 12 + 12 * 4
    assert cost[1] == weights and cost[0] == weights * 49
    assert cost[2] == (4 + 12 + 12 + 12 + 12 + 4) * 49 + weights


def test_intensity_is_multiply_adds_per_byte():
    assert intensity(np.array([600.0, 1.0, 50.0])) == 3.0
    assert intensity(np.array([600.0, 1.0, 50.0]), bytes_per_number=1) == 12.0


def test_the_composed_kernel_does_in_one_layer_what_the_two_did():
    rng = np.random.default_rng(0)
    x, depthwise = rng.normal(size=(3, 6, 7)), rng.normal(size=(3, 2, 2))
    pointwise = rng.normal(size=(5, 3))
    middle = np.concatenate([correlate(x[c:c + 1], depthwise[None, c:c + 1]) for c in range(3)])
    kernel = compose(depthwise, pointwise)
    assert kernel.shape == (5, 3, 2, 2)
    np.testing.assert_allclose(correlate(x, kernel), np.einsum("oc,chw->ohw", pointwise, middle))


def test_per_input_channel_the_composed_filters_are_multiples_of_one():
    rng = np.random.default_rng(1)
    kernel = compose(rng.normal(size=(3, 5, 5)), rng.normal(size=(7, 3)))
    for c in range(3):
        assert np.linalg.matrix_rank(kernel[:, c].reshape(7, 25)) == 1


def test_relu_keeps_x_when_enough_units_are_active():
    assert survives(1, 1) == 0.5 and survives(2, 2) == 0.25
    assert survives(2, 3) == 0.5  # 3 ways with two active, 1 with three, of 8
    assert survives(3, 2) == 0.0
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(4000):
        weight = rng.normal(size=(6, 3))
        active = weight @ np.array([1.0, -2.0, 0.5]) > 0
        found += np.linalg.matrix_rank(weight[active]) == 3 if active.any() else 0
    expected = survives(3, 6)  # 42 / 64; four standard deviations of 4,000 coins are 0.03
    assert abs(found / 4000 - expected) < 0.03


def test_the_pages_layer_of_512_channels():
    standard, separable = convolution_cost(512, 512, 3, 14), separable_cost(512, 512, 3, 14)
    assert standard[:2].tolist() == [462_422_016, 2_359_296]
    assert separable[:2].tolist() == [52_283_392, 266_752]
    assert round(standard[0] / separable[0], 2) == 8.84
    depthwise = convolution_cost(512, 512, 3, 14, 512)
    assert [round(intensity(c), 1) for c in
            (standard, depthwise, convolution_cost(512, 512, 1, 14))] == [45.2, 1.1, 27.8]
    assert [round(c[2] * 4e-6, 2) for c in (standard, depthwise, separable)] == [10.24, 0.82, 2.67]
    assert round(standard[2] / separable[2], 1) == 3.8
    assert depthwise[0] == 903_168 and separable[0] - depthwise[0] == 51_380_224


def test_the_pages_inverted_residual_saves_only_against_a_wide_layer():
    inverted = inverted_residual_cost(64, 6, 3, 14)[0]
    assert inverted == 10_311_168
    assert round(inverted / convolution_cost(64, 64, 3, 14)[0], 2) == 1.43
    assert round(convolution_cost(384, 384, 3, 14)[0] / inverted, 1) == 25.2


def test_the_pages_probabilities():
    assert f"{survives(16, 16):.1e}" == "1.5e-05"
    assert 1 - survives(16, 96) < 1e-10
