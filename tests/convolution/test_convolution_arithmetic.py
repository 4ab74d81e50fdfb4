"""What sizes, costs and fields promise. NumPy and plain asserts only."""

import numpy as np

from snippets.convolution.convolution_arithmetic import (
    RESNET50_PAPER,
    RESNET50_TORCHVISION,
    VGG16,
    central_pixels,
    layer_cost,
    output_size,
    paths,
    pixels_seen,
    spread,
    trace,
)

EXAMPLE = [(3, 1, 0, 1), (3, 2, 0, 1), (3, 1, 0, 2)]
STACKS = [EXAMPLE, [(5, 3, 1, 2), (2, 2, 0, 1), (3, 1, 2, 3)], [(1, 2, 0, 1), (4, 1, 1, 1)], VGG16]


def message(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_sizes_are_the_number_of_places_where_the_kernel_fits():
    for size, kernel, stride, padding, dilation in [
            (7, 3, 1, 0, 1), (8, 3, 2, 1, 1), (9, 2, 3, 2, 3), (5, 5, 4, 0, 1), (1, 1, 2, 0, 5)]:
        reach = dilation * (kernel - 1) + 1
        places = [i for i in range(0, size + 2 * padding, stride)
                  if i + reach <= size + 2 * padding]
        assert output_size(size, kernel, stride, padding, dilation) == len(places)


def test_a_kernel_that_does_not_fit_is_refused():
    assert "kernel 3" in message(output_size, 4, 3, 1, 0, 2)
    assert output_size(5, 3, 1, 0, 2) == 1
    for bad in [(5, 0, 1, 0, 1), (5, 3, 0, 0, 1), (5, 3, 1, -1, 1), (5, 3, 1, 0, 0)]:
        assert "stride" in message(output_size, *bad)


def test_a_layer_without_options_has_stride_1_and_no_padding():
    assert output_size(7, 3) == 5


def test_half_the_reach_less_one_of_padding_keeps_the_size():
    for kernel, dilation in [(3, 1), (5, 2), (3, 4), (1, 1)]:
        assert output_size(13, kernel, 1, dilation * (kernel - 1) // 2, dilation) == 13


def test_costs_count_weights_biases_and_output_positions():
    assert layer_cost(3, 5, 2, 7) == (3 * 5 * 4 + 5, 3 * 5 * 4 * 49)
    assert layer_cost(6, 4, 3, 5, groups=2, bias=False) == (4 * 3 * 9, 4 * 3 * 9 * 25)
    assert layer_cost(6, 6, 3, 5, groups=6)[0] == 6 * 9 + 6
    assert all(isinstance(number, int) for number in layer_cost(6, 4, 3, 5, groups=2))
    for channels in [(6, 5), (5, 6)]:
        assert "groups 3" in message(layer_cost, *channels, 3, 4, 3)


def test_the_example_of_the_page():
    assert trace(EXAMPLE) == [(3, 1, 1.0), (5, 2, 2.0), (13, 2, 6.0)]
    assert pixels_seen(EXAMPLE, 0) == (0, 12) and pixels_seen(EXAMPLE, 1) == (2, 14)
    sizes = [15]
    for kernel, stride, padding, dilation in EXAMPLE:
        sizes.append(output_size(sizes[-1], kernel, stride, padding, dilation))
    assert sizes == [15, 13, 6, 2]


def test_the_published_fields_of_vgg16():
    # table of google-research/receptive_field: field, stride, padding at pool1 to pool5
    rows = trace(VGG16)
    ends = [i for i, layer in enumerate(VGG16) if layer[0] == 2]
    assert [rows[i][:2] for i in ends] == [(6, 2), (16, 4), (44, 8), (100, 16), (212, 32)]
    assert [-pixels_seen(VGG16[:i + 1], 0)[0] for i in ends] == [2, 6, 18, 42, 90]
    assert pixels_seen(VGG16, 3) == (6, 217)


def test_the_published_fields_of_alexnet():
    # alexnet_v2 of the same table: 195 pixels, stride 32, padding 64
    layers = [(11, 4, 0, 1), (3, 2, 0, 1), (5, 1, 2, 1), (3, 2, 0, 1), *[(3, 1, 1, 1)] * 3,
              (3, 2, 0, 1)]
    assert trace(layers)[-1][:2] == (195, 32) and pixels_seen(layers, 0)[0] == -64


def test_the_published_field_of_mobilenet_v1():
    strides = [2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]  # 1x1 convolutions add nothing
    assert trace([(3, stride, 1, 1) for stride in strides])[-1][:2] == (315, 32)


def test_where_resnet50_strides_changes_its_field():
    assert trace(RESNET50_PAPER)[-1][:2] == (483, 32)
    assert trace(RESNET50_TORCHVISION)[-1][:2] == (427, 32)
    assert trace(RESNET50_PAPER)[-1][2] == trace(RESNET50_TORCHVISION)[-1][2] == 0


def test_the_field_is_as_wide_as_the_paths_that_reach_it():
    for layers in STACKS:
        field, _, start = trace(layers)[-1]
        first, last = pixels_seen(layers, 0)
        assert len(paths(layers)) == field == last - first + 1
        assert start == (first + last) / 2


def test_paths_are_found_by_walking_them():
    layers = STACKS[1]
    first, last = pixels_seen(layers, 0)
    reached = {0: 1}
    for kernel, stride, padding, dilation in reversed(layers):
        below = {}
        for position, ways in reached.items():
            for tap in range(kernel):
                pixel = position * stride - padding + dilation * tap
                below[pixel] = below.get(pixel, 0) + ways
        reached = below
    expected = [reached.get(pixel, 0) for pixel in range(first, last + 1)]
    assert paths(layers).tolist() == expected


def test_the_spread_from_sizes_is_that_of_the_paths():
    for layers in STACKS:
        profile = paths(layers)
        position = np.arange(len(profile))
        weights = profile / profile.sum()
        mean = (weights * position).sum()
        assert abs(mean - (len(profile) - 1) / 2) < 1e-9
        assert abs(np.sqrt((weights * (position - mean) ** 2).sum()) - spread(layers)) < 1e-9


def test_the_spread_grows_as_the_root_of_the_depth_and_the_field_in_proportion():
    layers = [(3, 1, 1, 1)]
    assert abs(spread(layers * 80) / spread(layers * 20) - 2) < 1e-12
    assert round(spread(layers * 20), 2) == 3.65
    assert (trace(layers * 80)[-1][0] - 1) == 4 * (trace(layers * 20)[-1][0] - 1) == 160


def test_the_central_window_is_the_smallest_that_holds_the_share():
    layers = [(3, 1, 1, 1)] * 2  # paths 1 2 3 2 1
    assert [central_pixels(layers, share) for share in (0.3, 0.4, 7 / 9, 0.8, 1.0)] == \
        [1, 3, 3, 5, 5]
    assert "share" in message(central_pixels, layers, 1.5)
    assert "share" in message(central_pixels, layers, 0)
    assert central_pixels([(2, 1, 0, 1)], 0.5) == 2  # an even field has no single center


def test_the_numbers_of_the_page_on_effective_fields():
    layer = (3, 1, 1, 1)
    assert [central_pixels([layer] * n) for n in (20, 80)] == [15, 29]
    assert [trace([layer] * n)[-1][0] for n in (20, 80)] == [41, 161]
    assert central_pixels(VGG16) == 108 and round(spread(VGG16), 1) == 27.6
    assert round((108 / 212) ** 2, 2) == 0.26 and round(0.95**2, 2) == 0.90


def test_powers_of_two_cover_the_field_and_equal_dilations_leave_holes():
    powers = [(3, 1, 0, d) for d in (1, 2, 4, 8)]
    assert [trace(powers)[i][0] for i in range(4)] == [3, 7, 15, 31]
    assert (paths(powers) > 0).all()
    equal = paths([(3, 1, 0, 2)] * 3)
    assert len(equal) == 13 and (equal == 0).sum() == 6
    assert trace([(3, 1, 0, 2**n) for n in range(7)])[-1][0] == 255


def test_without_a_common_factor_there_may_still_be_holes():
    missed = [int((paths([(3, 1, 0, d) for d in dilations]) == 0).sum())
              for dilations in [(2, 3), (1, 4), (1, 2, 4), (1, 3, 9)]]
    assert missed == [2, 2, 0, 0]


def test_nothing_is_missed_if_each_dilation_is_at_most_the_field_of_the_smaller_ones():
    for index in np.ndindex(7, 7, 7):
        dilations = [i + 1 for i in index]
        field, dense = 1, True
        for dilation in sorted(dilations):
            dense, field = dense and dilation <= field, field + 2 * dilation
        assert (paths([(3, 1, 0, d) for d in dilations]) > 0).all() == dense


def test_the_costs_of_vgg16():
    channels = [3, 64, 64, 128, 128, 256, 256, 256, *[512] * 6]
    size, at, parameters, multiply_adds = 224, 0, 0, 0
    for layer in VGG16:
        size = output_size(size, *layer)
        if layer[0] == 3:
            weights, products = layer_cost(channels[at], channels[at + 1], 3, size)
            parameters, multiply_adds, at = parameters + weights, multiply_adds + products, at + 1
    assert (size, parameters, multiply_adds) == (7, 14_714_688, 15_346_630_656)
    first = [layer_cost(3, 64, 3, 224)[0], layer_cost(64, 64, 3, 224)[0]]
    assert round(100 * sum(first) / parameters, 1) == 0.3
    assert round(2 * 64 * 224**2 / 1e6, 1) == 6.4 and round(2 * 64 * 224**2 * 4 / 1e6) == 26
    # table of google-research/receptive_field: 30.713e9 operations, two per multiply-add
    assert abs(2 * multiply_adds / 1e9 - 30.713) < 0.03
