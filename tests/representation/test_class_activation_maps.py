"""What saliency, CAM and Grad-CAM promise. NumPy and plain asserts only."""

import numpy as np

from snippets.representation.class_activation_maps import (
    class_activation_map,
    enlarge,
    grad_cam,
    relu_backward,
    saliency,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def arrays(seed=0, shape=(5, 3, 7)):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape), rng.standard_normal(shape[0])


def test_saliency_takes_the_channel_with_the_largest_absolute_gradient():
    grad = np.array([[[1.0, -4.0]], [[-2.0, 3.0]]])
    assert saliency(grad).tolist() == [[2.0, 4.0]]


def test_the_mean_of_a_cam_is_the_logit_without_its_bias():
    features, weight = arrays()
    cam = class_activation_map(features, weight)
    assert cam.shape == (3, 7)
    assert abs(cam.mean() - weight @ features.mean(axis=(1, 2))) < 1e-12


def test_a_cam_looks_at_one_position_at_a_time():
    features, weight = arrays()
    assert abs(class_activation_map(features, weight)[2, 5] - weight @ features[:, 2, 5]) < 1e-12


def test_grad_cam_is_the_cam_s_positive_part_over_the_number_of_positions():
    # logit = weight . mean(features), so its gradient is weight / (H W) at every position
    features, weight = arrays()
    grad = np.broadcast_to(weight[:, None, None] / 21, features.shape)
    cam = class_activation_map(features, weight)
    assert (cam < 0).any() and (cam > 0).any()
    np.testing.assert_allclose(grad_cam(features, grad), np.maximum(cam, 0) / 21, atol=1e-14)


def test_grad_cam_averages_the_gradient_before_it_weights():
    features = np.array([[[1.0, 2.0]], [[3.0, 1.0]]])
    grad = np.array([[[4.0, -4.0]], [[1.0, 3.0]]])  # means 0 and 2
    assert grad_cam(features, grad).tolist() == [[6.0, 2.0]]


def test_gradients_that_cancel_leave_an_empty_grad_cam():
    features = np.ones((1, 1, 2))
    assert not grad_cam(features, np.array([[[5.0, -5.0]]])).any()


def test_gradients_of_another_layer_are_refused():
    assert "(2, 5, 5)" in raises(grad_cam, np.ones((2, 3, 3)), np.ones((2, 5, 5)))


def test_an_enlarged_map_keeps_values_at_cell_centers():
    np.testing.assert_allclose(enlarge(np.array([[0.0, 4.0]]), 1, 4), [[0, 1, 3, 4]])
    values = arrays()[0][0]  # 3 x 7
    np.testing.assert_allclose(enlarge(values, 9, 21)[1::3, 1::3], values, atol=1e-12)
    np.testing.assert_allclose(enlarge(values, 3, 7), values, atol=1e-12)


def test_enlarging_stays_between_the_values_and_keeps_constants():
    values = arrays()[0][1]
    large = enlarge(values, 8, 11)
    assert large.shape == (8, 11) and values.min() <= large.min() and large.max() <= values.max()
    np.testing.assert_allclose(enlarge(np.full((2, 3), 5.0), 7, 4), 5.0, rtol=1e-12)
    np.testing.assert_allclose(enlarge(np.array([[3.0]]), 2, 5), 3.0)


def test_the_three_rules_at_a_relu():
    pre, grad = np.array([1.0, 1.0, -1.0, -1.0, 0.0]), np.array([0.5, -2.0, 2.0, -2.0, 3.0])
    assert relu_backward(grad, pre).tolist() == [0.5, -2.0, 0.0, 0.0, 0.0]
    assert relu_backward(grad, pre, "deconvnet").tolist() == [0.5, 0.0, 2.0, 0.0, 3.0]
    assert relu_backward(grad, pre, "guided").tolist() == [0.5, 0.0, 0.0, 0.0, 0.0]


def test_an_unknown_rule_is_named():
    assert "backprop" in raises(relu_backward, np.ones(2), np.ones(2), "backprop")


def test_the_page_s_numbers():
    features = np.array([[[4.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]]])
    weight = np.array([3.0, -1.0])
    cam = class_activation_map(features, weight)
    assert cam.tolist() == [[12.0, 0.0], [0.0, -2.0]] and cam.mean() == 2.5
    grad = np.broadcast_to(weight[:, None, None] / 4, features.shape)
    assert grad_cam(features, grad).tolist() == [[3.0, 0.0], [0.0, 0.0]]
