"""Agents, wrong in three ways. The tests show how each one fails."""

import json
import uuid


# --8<-- [start:key]
def pay_with_retry(pay, to, cents):
    """WRONG: a new key for each attempt makes every retry a new payment."""
    for _ in range(2):
        try:
            return pay(to, cents, idempotency_key=str(uuid.uuid4()))
            # right: one key for the intention, made before the loop
        except TimeoutError:  # the answer got lost, the payment did not
            continue
    return "failed"
# --8<-- [end:key]


# --8<-- [start:crash]
def run_calls(turn, tools):
    """WRONG: the first call that the model gets wrong ends the run."""
    return [tools[call["name"]](**json.loads(call["arguments"]))
            for call in turn["tool_calls"]]  # right: return the error as the result
# --8<-- [end:crash]


# --8<-- [start:power]
def pass_hat_k(successes, runs, k):
    """WRONG: the power of the estimate, and that of the mean over tasks."""
    rate = sum(successes) / (runs * len(successes))
    return rate**k  # right: the mean over tasks of C(c, k) / C(n, k)
# --8<-- [end:power]
