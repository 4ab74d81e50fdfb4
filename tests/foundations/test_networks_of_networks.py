"""What the game and the mixture promise. NumPy and plain asserts only."""

import numpy as np

from snippets.foundations.networks_of_networks import mixture_forward, play_game


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def squared(rule: str, lr: float, steps: int, decay: float = 0.0) -> np.ndarray:
    return np.sum(play_game(rule, lr, steps, decay) ** 2, axis=1)


def test_simultaneous_steps_grow_by_a_fixed_factor():
    lr = 0.2
    np.testing.assert_allclose(squared("simultaneous", lr, 100), (1 + lr**2) ** np.arange(101))
    path = play_game("simultaneous", lr, 3)
    np.testing.assert_allclose(path, [[1, 0], [1, 0.2], [0.96, 0.4], [0.88, 0.592]])


def test_alternating_steps_stay_on_a_closed_curve():
    lr = 0.2
    x, y = play_game("alternating", lr, 1000).T
    np.testing.assert_allclose(x**2 + y**2 - lr * x * y, 1.0, atol=1e-10)
    distance = np.hypot(x, y)[:101]
    assert round(distance[100], 2) == 1.04 and distance.max() <= 1 / np.sqrt(1 - lr / 2)


def test_extragradient_steps_shrink_by_a_fixed_factor():
    lr = 0.2
    factor = 1 - lr**2 + lr**4
    np.testing.assert_allclose(squared("extragradient", lr, 100), factor ** np.arange(101))
    assert round(np.sqrt(factor**100), 3) == 0.141


def test_a_little_decay_turns_the_spiral_inward():
    factor = (1 - 0.2 * 0.3) ** 2 + 0.2**2
    np.testing.assert_allclose(squared("simultaneous", 0.2, 50, 0.3), factor ** np.arange(51))
    assert round(np.sqrt(factor**100), 3) == 0.019
    turn = (1 - np.sqrt(1 - 0.2**2)) / 0.2
    assert round(turn, 3) == 0.101 and round(10 - turn, 1) == 9.9, "the roots add to 2/lr"
    assert squared("simultaneous", 0.2, 50, turn - 0.01)[-1] > 1, "too little does not suffice"
    assert squared("simultaneous", 0.2, 50, turn + 0.01)[-1] < 1


def test_no_step_is_the_start_and_nonsense_is_refused():
    assert play_game("alternating", 0.1, 0).tolist() == [[1.0, 0.0]]
    assert "rule" in raises(play_game, "random", 0.1, 3)
    assert "lr" in raises(play_game, "alternating", 0.0, 3)
    assert "decay" in raises(play_game, "alternating", 0.1, 3, decay=-1.0)
    assert "steps" in raises(play_game, "alternating", 0.1, -1)


def test_the_mixture_is_the_weighted_sum_of_the_experts():
    rng = np.random.default_rng(0)
    x, gate = rng.normal(size=(7, 3)), rng.normal(size=(3, 2))
    experts = rng.normal(size=(2, 3, 5))
    output, probs = mixture_forward(x, gate, experts)
    assert output.shape == (7, 5) and probs.shape == (7, 2)
    for n in range(7):
        weights = np.exp(x[n] @ gate) / np.sum(np.exp(x[n] @ gate))
        np.testing.assert_allclose(probs[n], weights)
        expected = sum(weights[k] * (x[n] @ experts[k]) for k in range(2))
        np.testing.assert_allclose(output[n], expected)


def test_a_sure_gate_picks_one_expert_without_overflow():
    experts = np.array([[[1.0]], [[5.0]], [[9.0]]])
    output, probs = mixture_forward(np.array([[2.0]]), np.array([[0.0, 1e4, -1e4]]), experts)
    assert output.tolist() == [[10.0]] and probs.tolist() == [[0.0, 1.0, 0.0]]
    x, gate = np.ones((1, 2)), np.ones((2, 3))
    assert "experts" in raises(mixture_forward, x, gate, np.ones((2, 2, 1))), "2 experts, not 3"
    assert "experts" in raises(mixture_forward, x, gate, np.ones((3, 5, 1)))
    assert "experts" in raises(mixture_forward, np.ones((1, 5)), gate, np.ones((3, 2, 1)))
    assert "experts" in raises(mixture_forward, np.ones(2), gate, np.ones((3, 2, 1)))
    assert mixture_forward(np.ones((0, 2)), gate, np.ones((3, 2, 1)))[0].shape == (0, 1)
