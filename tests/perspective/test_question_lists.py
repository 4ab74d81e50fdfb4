"""What the right answers promise. NumPy and plain asserts only."""

import numpy as np

from snippets.perspective.question_lists import gradients, reverse_bits, sigmoid, square_root


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_the_root_squared_is_the_number_from_tiny_to_huge():
    for x in (1e-300, 1e-12, 0.3, 1.0, 2.0, 4.0, 1e6, 1e300):
        root = square_root(x)
        assert abs(root / x**0.5 - 1) < 1e-15, (x, root)


def test_a_number_of_32_bits_gets_a_root_of_64():
    root = square_root(np.float32(2.0))
    assert isinstance(root, float) and abs(root**2 - 2) < 1e-15


def test_zero_and_infinity_are_their_own_roots():
    assert square_root(0.0) == 0.0 and square_root(float("inf")) == float("inf")


def test_negative_numbers_and_nan_have_no_root_here():
    assert "-1" in raises(square_root, -1.0)
    assert "nan" in raises(square_root, float("nan"))


def test_bits_come_out_in_reverse_order():
    assert reverse_bits(bytes.fromhex("ADDEDEC0")) == bytes.fromhex("037B7BB5")
    assert reverse_bits(b"\x01") == b"\x80" and reverse_bits(b"") == b""


def test_reversing_bits_twice_changes_nothing():
    data = bytes(range(256))
    assert reverse_bits(reverse_bits(data)) == data


def test_sigmoid_is_one_half_at_zero_and_survives_huge_inputs():
    s = sigmoid(np.array([-1000.0, 0.0, np.log(3.0), 1000.0]))
    np.testing.assert_allclose(s, [0.0, 0.5, 0.75, 1.0], atol=1e-15)


def test_sigmoid_of_32_bits_has_64():
    s = sigmoid(np.array([-1.0, 1.0], dtype=np.float32))
    assert s.dtype == np.float64
    np.testing.assert_allclose(s, [1 / (1 + np.e), np.e / (1 + np.e)], rtol=1e-15)


def test_gradients_agree_with_central_differences():
    rng = np.random.default_rng(3)
    x, targets = rng.normal(size=(7, 3)), rng.random((7, 2))
    weights = [rng.normal(size=(3, 5)), rng.normal(size=(5, 2))]

    def loss() -> float:
        probs = 1 / (1 + np.exp(-(1 / (1 + np.exp(-x @ weights[0]))) @ weights[1]))
        return 0.5 * float(np.sum((probs - targets) ** 2))

    found = gradients(x, targets, *weights)
    for weight, grad in zip(weights, found, strict=True):
        assert grad.shape == weight.shape
        for index in np.ndindex(weight.shape):
            kept = weight[index]
            weight[index] = kept + 1e-5
            above = loss()
            weight[index] = kept - 1e-5
            below = loss()
            weight[index] = kept
            assert abs((above - below) / 2e-5 - grad[index]) < 1e-8


def test_no_sample_has_no_gradient():
    found = gradients(np.zeros((0, 3)), np.zeros((0, 2)), np.ones((3, 5)), np.ones((5, 2)))
    assert [grad.shape for grad in found] == [(3, 5), (5, 2)]
    assert not found[0].any() and not found[1].any()


def test_targets_of_another_shape_are_refused():
    text = raises(gradients, np.ones((4, 3)), np.ones(4), np.ones((3, 2)), np.ones((2, 1)))
    assert "targets" in text and "(4,)" in text
