"""What the RBM promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.generative.boltzmann_machine import (
    all_states,
    cd_gradient,
    exact_gradient,
    expected_cd,
    free_energy,
    gibbs_step,
    log_partition,
    sigmoid,
)

TINY = (np.log([[2.0], [2.0]]), np.zeros(2), np.zeros(1))
DATA = np.array([[1, 0, 1, 0, 0], [1, 1, 1, 0, 1], [0, 0, 1, 0, 0]], dtype=np.float64)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def random_rbm(visible=5, hidden=3, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return (scale * rng.normal(size=(visible, hidden)), rng.normal(size=visible), rng.normal(size=hidden))


def joint(weight, bias_v, bias_h):
    """p(v, h) for all pairs of states, from the energy."""
    v, h = all_states(len(bias_v)), all_states(len(bias_h))
    minus_energy = v @ weight @ h.T + (v @ bias_v)[:, None] + h @ bias_h
    probs = np.exp(minus_energy - minus_energy.max())
    return v, h, probs / probs.sum(), np.log(np.exp(minus_energy).sum())


def test_the_sigmoid_does_not_overflow():
    np.testing.assert_allclose(sigmoid(np.array([-1000.0, 0.0, np.log(3), 1000.0])), [0, 0.5, 0.75, 1])


def test_all_states_counts_upward_in_binary():
    states = all_states(3)
    np.testing.assert_array_equal(states @ [4, 2, 1], np.arange(8))
    assert states.dtype == np.float64


def test_the_worked_example():
    log_z = log_partition(*TINY)
    probs = np.exp(-free_energy(all_states(2), *TINY) - log_z)
    np.testing.assert_allclose(np.exp(log_z), 13.0)
    np.testing.assert_allclose(probs * 13, [2, 3, 3, 5])
    exact = exact_gradient(np.ones((1, 2)), *TINY)[0]
    np.testing.assert_allclose(exact, np.full((2, 1), 22 / 65))
    found = expected_cd(np.ones((1, 2)), *TINY, 1)
    np.testing.assert_allclose(found, np.full((2, 1), 437 / 1350))


def test_the_free_energy_sums_the_hidden_units_out():
    params = random_rbm()
    v, h, _, _ = joint(*params)
    weight, bias_v, bias_h = params
    minus_energy = v @ weight @ h.T + (v @ bias_v)[:, None] + h @ bias_h
    np.testing.assert_allclose(free_energy(v, *params), -np.log(np.exp(minus_energy).sum(axis=1)))


def test_the_partition_function_is_the_sum_over_all_pairs_of_states():
    params = random_rbm()
    assert abs(log_partition(*params) - joint(*params)[3]) < 1e-10


def test_huge_weights_do_not_overflow():
    weight = np.full((4, 3), 500.0)
    assert abs(log_partition(weight, np.zeros(4), np.zeros(3)) - 6000.0) < 1e-9


def test_the_exact_gradient_matches_central_differences_of_the_log_likelihood():
    params = random_rbm()
    grads = exact_gradient(DATA, *params)
    for array, grad in zip(params, grads, strict=True):
        assert array.shape == grad.shape
        for index in np.ndindex(array.shape):
            kept, values = array[index], []
            for shift in (1e-6, -1e-6):
                array[index] = kept + shift
                values.append(-free_energy(DATA, *params).mean() - log_partition(*params))
            array[index] = kept
            found = (values[0] - values[1]) / 2e-6
            assert abs(grad[index] - found) < 1e-7, f"{index}: {grad[index]} against {found}"


def test_the_gradient_vanishes_when_the_data_has_the_model_s_distribution():
    weight, bias_v, bias_h = TINY
    data = np.repeat(all_states(2), [2, 3, 3, 5], axis=0)  # 13 rows with the model's shares
    for grad in exact_gradient(data, weight, bias_v, bias_h):
        np.testing.assert_allclose(grad, 0.0, atol=1e-12)
    np.testing.assert_allclose(expected_cd(data, weight, bias_v, bias_h, 1), 0.0, atol=1e-12)


def test_gibbs_steps_keep_the_model_s_distribution():
    params, count = random_rbm(visible=3, hidden=2), 40_000
    v, _, probs, _ = joint(*params)
    rng = np.random.default_rng(1)
    rows = rng.choice(8, size=count, p=probs.sum(axis=1))
    after = gibbs_step(v[rows], *params, rng) @ [4, 2, 1]
    shares = np.bincount(after.astype(np.int64), minlength=8) / count
    p = probs.sum(axis=1)
    assert np.all(np.abs(shares - p) < 5 * np.sqrt(p * (1 - p) / count)), f"{shares} against {p}"


def test_a_gibbs_step_draws_hidden_units_first_and_then_visible_ones():
    weight, bias_v, bias_h = random_rbm()
    rng = np.random.default_rng(2)
    h = (rng.uniform(size=(3, 3)) < sigmoid(DATA @ weight + bias_h)) * 1.0
    v = (rng.uniform(size=(3, 5)) < sigmoid(h @ weight.T + bias_v)) * 1.0
    found = gibbs_step(DATA, weight, bias_v, bias_h, np.random.default_rng(2))
    np.testing.assert_array_equal(found, v)


def test_contrastive_divergence_averages_to_its_expectation():
    params, count = random_rbm(), 30_000
    for steps in (1, 3):
        many = np.tile(DATA, (count // 3, 1))
        (grad, _, _), chains = cd_gradient(many, *params, steps, np.random.default_rng(3))
        # Each entry is a mean of values in [0, 1]: standard deviation at most 0.5 / sqrt(count).
        assert np.abs(grad - expected_cd(DATA, *params, steps)).max() < 5 * 0.5 / np.sqrt(count)
        assert chains.shape == many.shape and set(np.unique(chains)) <= {0.0, 1.0}


def test_bias_gradients_are_those_of_a_weight_to_a_unit_that_is_always_on():
    weight, bias_v, bias_h = random_rbm()
    grads, v = cd_gradient(DATA, weight, bias_v, bias_h, 2, np.random.default_rng(4))
    h_data, h_model = sigmoid(DATA @ weight + bias_h), sigmoid(v @ weight + bias_h)
    np.testing.assert_allclose(grads[0], (DATA.T @ h_data - v.T @ h_model) / 3)
    np.testing.assert_allclose(grads[1], (DATA - v).mean(axis=0))
    np.testing.assert_allclose(grads[2], (h_data - h_model).mean(axis=0))


def test_persistent_chains_go_on_from_where_they_stood():
    params = random_rbm()
    chains = all_states(5)[[3, 30]]
    expected = gibbs_step(chains, *params, np.random.default_rng(5))
    (grad, _, _), moved = cd_gradient(DATA, *params, 1, np.random.default_rng(5), chains)
    np.testing.assert_array_equal(moved, expected)
    weight, _, bias_h = params
    positive = DATA.T @ sigmoid(DATA @ weight + bias_h) / 3
    np.testing.assert_allclose(grad, positive - moved.T @ sigmoid(moved @ weight + bias_h) / 2)


def test_one_row_of_data_is_enough():
    params = random_rbm()
    (_, grad, _), moved = cd_gradient(DATA[:1], *params, 1, np.random.default_rng(6))
    np.testing.assert_array_equal(moved, gibbs_step(DATA[:1], *params, np.random.default_rng(6)))
    np.testing.assert_array_equal(grad, DATA[0] - moved[0])


def test_many_steps_turn_contrastive_divergence_into_the_gradient():
    params = random_rbm(scale=0.7)
    exact = exact_gradient(DATA, *params)[0]
    errors = [np.abs(expected_cd(DATA, *params, k) - exact).max() for k in (0, 1, 3, 10, 100)]
    assert errors == sorted(errors, reverse=True) and errors[1] > 0.01 and errors[-1] < 1e-9, errors


def test_one_step_does_not_see_a_mode_far_from_the_data():
    found = []
    for size in (2.0, 4.0, 8.0):
        params = np.full((4, 1), size), np.full(4, -size / 2), np.array([-2 * size])
        exact = exact_gradient(np.ones((1, 4)), *params)[0][0, 0]
        some = [expected_cd(np.ones((1, 4)), *params, k)[0, 0] for k in (1, 10, 100)]
        found.append([round(float(value), 3) for value in (exact, *some)])
    assert found == [
        [0.616, 0.373, 0.615, 0.616], [0.559, 0.142, 0.381, 0.559], [0.509, 0.018, 0.027, 0.105]
    ], found


def test_bad_input_is_named():
    params, rng = random_rbm(), np.random.default_rng(0)
    assert "steps" in raises(cd_gradient, DATA, *params, 0, rng)
    assert "data" in raises(cd_gradient, DATA[:0], *params, 1, rng)
    assert "got 3 and 0" in raises(cd_gradient, DATA, *params, 1, rng, DATA[:0])
    assert "got 0 and 3" in raises(cd_gradient, DATA[:0], *params, 1, rng, DATA)
    assert "data" in raises(exact_gradient, DATA[:0], *params)


def test_pixels_stored_as_bytes_or_booleans_have_the_same_free_energy():
    params = random_rbm()
    for dtype in (np.uint8, np.bool_):
        np.testing.assert_allclose(free_energy(DATA.astype(dtype), *params), free_energy(DATA, *params))
