"""The wrong sums fail as the page says."""

from snippets.convolution.convolution_arithmetic import VGG16, layer_cost, output_size, trace
from snippets.convolution.convolution_arithmetic_mistakes import (
    field_with_own_stride,
    field_without_jump,
    multiply_adds_at_input,
)


def test_without_the_jump_vgg16_sees_32_pixels():
    assert field_without_jump(VGG16) == 32 and trace(VGG16)[-1][0] == 212
    assert field_without_jump(VGG16[:2]) == trace(VGG16)[1][0] == 5  # right before any stride


def test_a_layers_own_stride_does_not_widen_its_kernel():
    assert field_with_own_stride([(7, 2, 3, 1)]) == 13 and trace([(7, 2, 3, 1)])[-1][0] == 7
    assert field_with_own_stride(VGG16) == 243


def test_counting_at_the_input_is_four_times_too_much_at_stride_2():
    out = output_size(56, 3, 2, 1)
    assert multiply_adds_at_input(64, 128, 3, 56) == 4 * layer_cost(64, 128, 3, out)[1]
