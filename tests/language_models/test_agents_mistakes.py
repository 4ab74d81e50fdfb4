"""How each mistake fails."""

import numpy as np
import pytest

from snippets.language_models import agents
from snippets.language_models.agents_mistakes import pass_hat_k, pay_with_retry, run_calls


def test_a_new_key_for_each_attempt_pays_twice():
    paid = {}

    def pay(to, cents, idempotency_key):
        first = not paid
        paid[idempotency_key] = cents
        if first:
            raise TimeoutError
        return "paid"

    assert pay_with_retry(pay, "ann", 30) == "paid" and sum(paid.values()) == 60


def test_one_missing_argument_ends_the_run():
    tools = {"price": lambda item: {"lamp": 40}[item]}
    turn = {"tool_calls": [{"id": "a", "name": "price", "arguments": '{"article": "lamp"}'}]}
    with pytest.raises(TypeError):
        run_calls(turn, tools)
    wrapped = {"price": {"function": tools["price"], "parameters": {
        "properties": {"item": {"type": "string"}}, "required": ["item"]}}}
    outcome = agents.call_tool(turn["tool_calls"][0], wrapped, lambda *_: False, False, "run")
    assert "item" in outcome["error"]


def test_arguments_nested_too_deep_do_not_end_the_run_either():
    tools = {"price": {"function": lambda item: item, "parameters": {}}}
    call = {"id": "a", "name": "price", "arguments": "[" * 100_000}
    assert "JSON" in agents.call_tool(call, tools, lambda *_: False, False, "run")["error"]


def test_the_power_of_the_mean_understates_pass_hat_k():
    # Half of the tasks always succeed, the others half of the time.
    right = np.mean([agents.pass_hat_k(8, c, 4) for c in (8, 4)])
    assert pass_hat_k([8, 4], 8, 4) == 0.75**4 < 0.32 and right > 0.5
    rng = np.random.default_rng(0)
    for _ in range(20):  # equal tasks: the power of one task's estimate is too high on average
        p = rng.uniform(0.2, 0.8)
        weights = [agents.comb(8, c) * p**c * (1 - p) ** (8 - c) for c in range(9)]
        assert sum(w * pass_hat_k([c], 8, 4) for c, w in enumerate(weights)) > p**4
