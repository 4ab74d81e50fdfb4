"""The same states, gradients, cuts and last states from PyTorch in float64, and its counts."""

import numpy as np
import pytest
import torch

from snippets.sequences.recurrent_networks import backward, forward, last_states

T, N, D, H = 7, 2, 3, 5


def torch_rnn() -> torch.nn.RNN:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return torch.nn.RNN(D, H, dtype=torch.float64)


def ours(rnn: torch.nn.RNN) -> dict:
    p = {key: value.detach().numpy() for key, value in rnn.named_parameters()}
    return {"w_x": p["weight_ih_l0"].T, "w_h": p["weight_hh_l0"].T,
            "bias": p["bias_ih_l0"] + p["bias_hh_l0"]}


@pytest.mark.parametrize("window", [None, 1, 3])
def test_states_and_gradients_match_torch(window):
    rnn, rng = torch_rnn(), np.random.default_rng(0)
    x, h0 = rng.standard_normal((T, N, D)), rng.standard_normal((N, H))
    grad_h = rng.standard_normal((T, N, H))
    tx, th = (torch.tensor(value, requires_grad=True) for value in (x, h0))
    outputs, state = [], th[None]
    for i in range(0, T, window or T):  # the state is handed on, its graph is not
        out, state = rnn(tx[i : i + (window or T)], state if i == 0 else state.detach())
        outputs.append(out)
    out = torch.cat(outputs)
    (out * torch.tensor(grad_h)).sum().backward()

    params = ours(rnn)
    h = forward(x, h0, **params)
    grads = backward(x, h, params["w_x"], params["w_h"], grad_h, window)
    np.testing.assert_allclose(h[1:], out.detach().numpy(), atol=1e-13)
    for name, expected in [("w_x", rnn.weight_ih_l0.grad.T), ("w_h", rnn.weight_hh_l0.grad.T),
                           ("bias", rnn.bias_ih_l0.grad), ("bias", rnn.bias_hh_l0.grad),
                           ("x", tx.grad), ("h0", th.grad)]:
        np.testing.assert_allclose(grads[name], expected.numpy(), atol=1e-12, err_msg=name)


def test_last_states_are_those_of_a_packed_sequence():
    rnn, rng = torch_rnn(), np.random.default_rng(1)
    x, lengths = rng.standard_normal((T, N, D)), np.array([3, 7])
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.tensor(x), torch.tensor(lengths),
                                                     enforce_sorted=False)
    _, last = rnn(packed)
    h = forward(x, np.zeros((N, H)), **ours(rnn))
    np.testing.assert_allclose(last_states(h, lengths), last[0].detach().numpy(), atol=1e-13)


@pytest.mark.parametrize(("detach", "retain", "step", "error"), [
    (False, False, True, "backward through the graph a second time"),
    (False, True, True, "modified by an inplace operation"),
    (False, True, False, None),
    (True, False, True, None),
])
def test_what_torch_says_when_the_state_is_not_detached(detach, retain, step, error):
    rnn = torch_rnn()
    optimizer, state, said = torch.optim.SGD(rnn.parameters(), lr=0.1), None, None
    try:
        for x in torch.ones(3, T, N, D, dtype=torch.float64):
            out, state = rnn(x, state.detach() if detach and state is not None else state)
            out.sum().backward(retain_graph=retain)
            if step:
                optimizer.step()
    except RuntimeError as raised:
        said = str(raised)
    assert said is None if error is None else error in said


def test_the_page_s_parameter_counts():
    def count(rnn):
        return sum(p.numel() for p in rnn.parameters())

    assert count(torch.nn.RNN(100, 200)) == 60_400 == 100 * 200 + 200 * 200 + 2 * 200
    assert count(torch.nn.RNN(100, 200, bidirectional=True)) == 2 * 60_400
    # Two layers: the second one reads 200 numbers.
    assert count(torch.nn.RNN(100, 200, num_layers=2)) == 60_400 + 2 * 200 * 200 + 2 * 200


def test_inputs_without_a_batch_are_named_with_their_shape():
    with pytest.raises(ValueError, match=r"^x must be \(T, N, D\), got shape \(7, 3\)$"):
        forward(np.zeros((T, D)), np.zeros((N, H)), np.zeros((D, H)), np.zeros((H, H)), np.zeros(H))
