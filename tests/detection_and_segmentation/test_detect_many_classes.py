"""What the large-vocabulary head promises: its cost, its sampled loss, its tree, its silence."""

import numpy as np

from snippets.detection_and_segmentation.detect_many_classes import (
    federated_loss,
    head_cost,
    sampled_softmax,
    tree_log_probs,
)

# cost


def test_a_box_for_each_class_makes_the_head_five_times_as_large():
    each, shared = (head_cost(10_000, 1024, 1000, flag) for flag in (True, False))
    assert each == {"parameters": 51_200_000, "multiply_adds": 51_200_000_000,
                    "outputs": 50_000_000}
    assert shared == {"parameters": 10_244_096, "multiply_adds": 10_244_096_000,
                      "outputs": 10_004_000}


def test_the_numbers_of_the_table():
    costs = {k: head_cost(k, 256, 8400, False) for k in (80, 1_203, 10_000)}
    assert [c["parameters"] for c in costs.values()] == [21_504, 308_992, 2_561_024]
    assert [c["outputs"] for c in costs.values()] == [705_600, 10_138_800, 84_033_600]
    mebibytes = [round(4 * c["outputs"] / 2**20, 1) for c in costs.values()]
    assert mebibytes == [2.7, 38.7, 320.6]
    assert round(costs[10_000]["multiply_adds"] / 1e9, 1) == 21.5
    assert head_cost(80, 1024, 1000, True)["parameters"] == 409_600


# sampled softmax


def example(seed=0, num=5, classes=11, depth=3, samples=7):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(num, depth)), rng.normal(size=(classes, depth)),
            rng.integers(0, classes, num), rng.integers(0, classes, samples),
            np.log(samples * rng.dirichlet(np.ones(classes))))


def test_sampling_every_class_once_is_the_full_softmax():
    features, weight, targets, _, _ = example()
    loss, *_ = sampled_softmax(features, weight, targets, np.arange(11), np.zeros(11))
    logits = features @ weight.T
    full = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(5), targets]
    np.testing.assert_allclose(loss, full.mean())


def test_the_sampled_loss_by_hand():
    features, weight = np.array([[1.0]]), np.array([[0.0], [1.0], [2.0]])
    expected = np.log([0.5, 2.0, 4.0])
    loss, *_ = sampled_softmax(features, weight, np.array([1]), np.array([2, 0, 1, 2]), expected)
    # classes 2, 0 and 2 compete with the target 1; the drawn target itself does not count
    terms = [np.exp(1) / 2, np.exp(2) / 4, 1 / 0.5, np.exp(2) / 4]
    np.testing.assert_allclose(loss, np.log(sum(terms) / terms[0]))


def test_with_one_draw_the_optimum_is_the_true_log_probability():
    """The expected gradient, all targets and draws enumerated, is zero at weight = log p."""
    p, q = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.1, 0.5, 0.15, 0.25])

    def expected_gradient(log_expected):
        total = np.zeros((4, 1))
        for target in range(4):
            for drawn in range(4):
                _, _, rows, grad = sampled_softmax(
                    np.ones((1, 1)), np.log(p)[:, None], np.array([target]), np.array([drawn]),
                    log_expected)
                np.add.at(total, rows, p[target] * q[drawn] * grad)
        return np.abs(total).max()

    assert expected_gradient(np.log(q)) < 1e-12
    assert expected_gradient(np.log(7 * q)) < 1e-12  # a common factor drops out
    assert expected_gradient(np.zeros(4)) > 0.03


def test_the_gradients_are_the_slopes_of_the_loss():
    features, weight, targets, sampled, log_expected = example(2)
    _, grad_features, rows, grad = sampled_softmax(features, weight, targets, sampled, log_expected)
    assert grad_features.shape == (5, 3) and rows.shape == (12,) and grad.shape == (12, 3)
    dense = np.zeros_like(weight)
    np.add.at(dense, rows, grad)
    for array, found in ((features, grad_features), (weight, dense)):
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + 1e-6
            up = sampled_softmax(features, weight, targets, sampled, log_expected)[0]
            array[index] = kept - 1e-6
            down = sampled_softmax(features, weight, targets, sampled, log_expected)[0]
            array[index] = kept
            np.testing.assert_allclose(found[index], (up - down) / 2e-6, rtol=1e-5, atol=1e-8)


def test_only_the_rows_of_targets_and_samples_get_a_gradient():
    features, weight, targets, sampled, log_expected = example(3, classes=101)
    rows = sampled_softmax(features, weight, targets, sampled, log_expected)[2]
    np.testing.assert_array_equal(rows, np.concatenate([targets, sampled]))
    assert len(rows) == 12 < 101


def test_without_samples_or_with_huge_logits_the_loss_stays_finite():
    features, weight, targets, sampled, log_expected = example(4)
    loss, *_ = sampled_softmax(features, weight, targets, np.zeros(0, np.int32), log_expected)
    assert loss == 0  # the target competes with nobody
    loss, *gradients = sampled_softmax(1e3 * features, weight, targets, sampled, log_expected)
    assert np.isfinite(loss) and all(np.isfinite(g).all() for g in gradients)


# tree

PARENT = np.array([-1, -1, 0, 0, 0, 2, 2])  # two roots; 0 has three children, 2 has two


def test_the_probability_of_a_node_is_the_product_along_its_path():
    logits = np.log(np.array([[0.25, 0.75, 0.5, 0.3, 0.2, 0.9, 0.1]]))
    found = np.exp(tree_log_probs(logits, PARENT))
    np.testing.assert_allclose(found, [[0.25, 0.75, 0.125, 0.075, 0.05, 0.1125, 0.0125]])


def test_children_sum_to_their_parent_and_leaves_to_one():
    logits = np.random.default_rng(5).normal(0, 3, (4, 7))
    probs = np.exp(tree_log_probs(logits, PARENT))
    assert probs.shape == (4, 7)
    np.testing.assert_allclose(probs[:, 2:5].sum(axis=1), probs[:, 0])
    np.testing.assert_allclose(probs[:, 5:].sum(axis=1), probs[:, 2])
    np.testing.assert_allclose(probs[:, [1, 3, 4, 5, 6]].sum(axis=1), 1)


def test_a_tree_of_one_level_is_a_softmax():
    logits = np.array([[1000.0, 998.0, 0.0]])
    expected = [1 / (1 + np.exp(-2)), np.exp(-2) / (1 + np.exp(-2)), 0]
    np.testing.assert_allclose(np.exp(tree_log_probs(logits, np.full(3, -1)))[0], expected, atol=1e-12)
    far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])  # each image has a largest logit of its own
    np.testing.assert_allclose(np.exp(tree_log_probs(far, np.full(2, -1))), 0.5, rtol=1e-12)


def test_a_child_before_its_parent_is_refused():
    for parent in ([-1, 2, 0], [-1, 1, 0]):  # the last one is its own parent
        try:
            tree_log_probs(np.zeros((1, 3)), np.array(parent))
        except ValueError as error:
            message = str(error)
        else:
            raise AssertionError(f"a parent after its child was accepted: {parent}")
        assert "parent" in message


# checked classes


def test_classes_that_nobody_checked_cost_nothing_and_get_no_gradient():
    logits, targets = np.array([[0.0, 2.0, 5.0]]), np.array([[1.0, 0.0, 0.0]])
    checked = np.array([[True, True, False]])
    loss, grad = federated_loss(logits, targets, checked)
    np.testing.assert_allclose(loss, np.log(2) + np.log(1 + np.exp(2)))
    np.testing.assert_allclose(grad, [[-0.5, 1 / (1 + np.exp(-2)), 0]])


def test_the_federated_loss_is_divided_by_the_images():
    rng = np.random.default_rng(6)
    logits, targets = rng.normal(0, 3, (5, 7)), (rng.random((5, 7)) < 0.2).astype(float)
    checked = rng.random((5, 7)) < 0.5
    loss, grad = federated_loss(logits, targets, checked)
    each = [federated_loss(logits[[n]], targets[[n]], checked[[n]]) for n in range(5)]
    np.testing.assert_allclose(loss, np.mean([value for value, _ in each]))
    np.testing.assert_allclose(grad, np.concatenate([g for _, g in each]) / 5)
    for index in [(0, 0), (2, 3), (4, 6)]:
        moved = logits.copy()
        moved[index] += 1e-6
        slope = (federated_loss(moved, targets, checked)[0] - loss) / 1e-6
        np.testing.assert_allclose(grad[index], slope, atol=1e-6)


def test_a_huge_logit_costs_its_size():
    loss, grad = federated_loss(np.array([[1000.0, -1000.0]]), np.array([[0.0, 1.0]]),
                                np.ones((1, 2), dtype=bool))
    assert loss == 2000 and grad.tolist() == [[1, -1]]
