"""A tool-using agent: schema check, one call, the loop, replay, and how to count success.

Reason and act in turns: Yao and others 2022, https://arxiv.org/abs/2210.03629. pass@k: Chen and
others 2021, https://arxiv.org/abs/2107.03374. pass^k: Yao and others 2024,
https://arxiv.org/abs/2406.12045.
"""

import json
from collections.abc import Callable
from math import comb

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
         "array": list, "object": dict}


# --8<-- [start:validate]
def validate(arguments: dict, schema: dict) -> list[str]:
    """What is wrong with a call's arguments, in words that a model can act on.

    A part of JSON Schema: ``properties`` with ``type``, ``enum``, ``minimum`` and
    ``maximum`` (with a numeric type), and ``required``. Properties that are not
    listed are refused. True and False are no numbers here, as in JSON; nan, which
    Python reads from JSON, is within no bound.

    Args:
        arguments: Decoded arguments.
        schema: Of the tool's parameters.

    Returns:
        One sentence a fault that begins with the property's name and a colon:
        first the required ones that are missing, in the schema's order, then the
        given ones in theirs. Empty if all is well.
    """
    known = schema.get("properties", {})
    faults = [f"{name}: is required" for name in schema.get("required", [])
              if name not in arguments]
    for name, value in arguments.items():
        if name not in known:
            faults.append(f"{name}: is not a parameter, use one of {sorted(known)}")
            continue
        rule = known[name]
        kind = rule.get("type")
        must = None
        if kind and (not isinstance(value, TYPES[kind])
                     or isinstance(value, bool) != (kind == "boolean")):
            must = kind  # a bool is an int in Python
        elif "enum" in rule and value not in rule["enum"]:
            must = f"one of {rule['enum']}"
        elif "minimum" in rule and not value >= rule["minimum"]:  # nan, too
            must = f"at least {rule['minimum']}"
        elif "maximum" in rule and not value <= rule["maximum"]:
            must = f"at most {rule['maximum']}"
        if must:
            faults.append(f"{name}: must be {must}, got {value!r}")
    return faults
# --8<-- [end:validate]


# --8<-- [start:call]
def call_tool(call: dict, tools: dict, approve: Callable, tainted: bool,
              run_id: str) -> dict:
    """Run one call, or say why not. Never raises for what the model did wrong.

    A tool is a dict with ``function``, ``parameters`` (a schema) and, if true,
    ``effect`` (it changes the world). A tool with an effect needs approval, and
    gets ``idempotency_key``, equal for equal calls in one run, so that the
    service behind it can refuse to act twice.

    Args:
        call: ``{"id": ..., "name": ..., "arguments": JSON text}``.
        tools: Tools by name; what is not here does not exist.
        approve: Called as approve(name, arguments, tainted) before an effect.
        tainted: Has the model read text that somebody else may have written?
        run_id: Names this run in the key.

    Returns:
        ``{"result": ...}`` or ``{"error": sentence}``.
    """
    name = call["name"]
    if name not in tools:
        return {"error": f"no tool {name}, use one of {sorted(tools)}"}
    tool = tools[name]
    try:
        arguments = json.loads(call["arguments"])
    except (TypeError, ValueError, RecursionError) as fault:
        return {"error": f"arguments are not JSON: {fault}"}
    if not isinstance(arguments, dict):
        return {"error": "arguments must be a JSON object"}
    faults = validate(arguments, tool["parameters"])
    if faults:
        return {"error": "; ".join(faults)}
    extra = {}
    if tool.get("effect"):
        if not approve(name, arguments, tainted):
            return {"error": f"{name} was not permitted"}
        content = json.dumps(arguments, sort_keys=True)
        extra["idempotency_key"] = f"{run_id}:{name}:{content}"
    try:
        return {"result": tool["function"](**arguments, **extra)}
    except Exception as fault:  # a broken tool is news for the model, not the end
        return {"error": f"{type(fault).__name__}: {fault}"}
# --8<-- [end:call]


# --8<-- [start:loop]
def run_agent(model: Callable, tools: dict, task: str, approve: Callable,
              max_steps: int = 10, run_id: str = "run") -> dict:
    """Ask the model, run its calls, show it the results, until it answers.

    Args:
        model: From messages to ``{"role": "assistant", "content": ...}`` or the
            same with ``tool_calls``, a list of calls.
        tools: As for ``call_tool``. One with ``untrusted`` returns text written
            by others; from its first result on the run is tainted.
        task: What the user wants.
        approve: As for ``call_tool``.
        max_steps: Most calls of the model, at least 1.
        run_id: Names this run.

    Returns:
        ``status``, "answered" or "out of steps"; ``answer``, None if there is
        none; and ``messages``, the whole trajectory. What JSON cannot hold in a
        result is shown as its ``str``.

    Raises:
        ValueError: If ``max_steps`` is less than 1.
    """
    if max_steps < 1:
        raise ValueError(f"max_steps must be at least 1, got {max_steps}")
    messages, tainted = [{"role": "user", "content": task}], False
    for _ in range(max_steps):
        turn = model(messages)
        messages.append(turn)
        if not turn.get("tool_calls"):
            return {"status": "answered", "answer": turn["content"],
                    "messages": messages}
        for call in turn["tool_calls"]:
            outcome = call_tool(call, tools, approve, tainted, run_id)
            messages.append({"role": "tool", "tool_call_id": call["id"],
                             "content": json.dumps(outcome, default=str)})
            tainted |= bool(tools.get(call["name"], {}).get("untrusted"))
    return {"status": "out of steps", "answer": None, "messages": messages}
# --8<-- [end:loop]


# --8<-- [start:replay]
def replay(recorded: list) -> Callable:
    """A stand-in for the model that repeats a recorded trajectory.

    Args:
        recorded: Messages of an earlier run.

    Returns:
        A model. It raises ValueError with the index of the first message that
        differs, as soon as what it is shown is not what was recorded, and with
        their number when it is asked for more messages than were recorded.
    """
    def model(messages: list) -> dict:
        for i, (now, then) in enumerate(zip(messages, recorded, strict=False)):
            if now != then:
                raise ValueError(f"message {i} differs: {now} instead of {then}")
        if len(messages) >= len(recorded):
            raise ValueError(f"the recording ends after {len(recorded)} messages")
        return recorded[len(messages)]
    return model
# --8<-- [end:replay]


# --8<-- [start:metrics]
def pass_at_k(n: int, c: int, k: int) -> float:
    """Chance that at least one of k runs succeeds: 1 - C(n - c, k) / C(n, k).

    Args:
        n: Runs of one task.
        c: How many of them succeeded, 0 to n.
        k: 1 to n.

    Returns:
        An unbiased estimate of 1 - (1 - p)^k.

    Raises:
        ValueError: If not 0 <= c <= n and 1 <= k <= n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(
            f"need 0 <= c <= n and 1 <= k <= n, got n={n}, c={c}, k={k}")
    return 1 - comb(n - c, k) / comb(n, k)


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Chance that all of k runs succeed, pass^k: C(c, k) / C(n, k).

    Args:
        n: Runs of one task.
        c: How many of them succeeded, 0 to n.
        k: 1 to n.

    Returns:
        An unbiased estimate of p^k.

    Raises:
        ValueError: If not 0 <= c <= n and 1 <= k <= n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(
            f"need 0 <= c <= n and 1 <= k <= n, got n={n}, c={c}, k={k}")
    return comb(c, k) / comb(n, k)


def chain_success(p: float, steps: int, notice: float = 0.0,
                  budget: int | None = None) -> float:
    """Chance of getting ``steps`` things right in order within ``budget`` tries.

    Each try succeeds with probability p. A failure is noticed with probability
    ``notice`` and costs the try; one that is not noticed ruins the task. With
    notice = 0 this is p ** steps.

    Args:
        p: Of one try.
        steps: To be done.
        notice: Chance that a failure is seen and can be undone.
        budget: Tries in all, ``steps`` if None.

    Returns:
        A probability.

    Raises:
        ValueError: If ``p`` or ``notice`` is not between 0 and 1, or ``steps`` is
            negative.
    """
    if not (0 <= p <= 1 and 0 <= notice <= 1):
        raise ValueError(f"p and notice must be within 0 and 1, got {p}, {notice}")
    if steps < 0:
        raise ValueError(f"steps must be at least 0, got {steps}")
    spare = 0 if budget is None else budget - steps
    # j noticed failures before the last success: C(steps - 1 + j, j) orders.
    again = (1 - p) * notice
    return float(sum(comb(max(steps - 1, 0) + j, j) * again**j * p**steps
                     for j in range(spare + 1) if steps or j == 0))
# --8<-- [end:metrics]


if __name__ == "__main__":
    prices = {"lamp": 40, "desk": 250}
    tools = {"price": {"function": lambda item: prices[item], "parameters": {
        "properties": {"item": {"type": "string"}}, "required": ["item"]}}}

    def ask(number, item):
        """One assistant turn with one call."""
        call = {"id": f"c{number}", "name": "price", "arguments": json.dumps(item)}
        return {"role": "assistant", "content": None, "tool_calls": [call]}

    turns = iter([ask(1, {"article": "lamp"}), ask(2, {"item": "lamp"}),
                  {"role": "assistant", "content": "40"}])
    done = run_agent(lambda messages: next(turns), tools, "What is a lamp?", lambda *_: False)
    for message in done["messages"]:
        shown = message["content"] or message["tool_calls"][0]["arguments"]
        print(f"{message['role']:9}", shown)
    print("p^n", {p: [round(chain_success(p, n), 3) for n in (5, 10, 20, 50, 100)]
                  for p in (0.9, 0.95, 0.99, 0.999)})
    print("noticed", {d: [round(chain_success(0.95, 20, d, b), 3) for b in (20, 22, 25, 40)]
                      for d in (0.0, 0.5, 0.9, 1.0)})
    print("needed for 90 % in 20 and 100 steps", round(0.9 ** (1 / 20), 4), round(0.9 ** 0.01, 4))
    for name, rates in (("alike", (0.75, 0.75)), ("half certain", (1.0, 0.5))):
        print(name, [round(sum(1 - (1 - p) ** 4 for p in rates) / 2, 3),
                     round(sum(p**4 for p in rates) / 2, 3)])
    print("8 runs, 6 right", [round(pass_at_k(8, 6, k), 3) for k in (1, 2, 4)],
          [round(pass_hat_k(8, 6, k), 3) for k in (1, 2, 4)])
    print("naive", round((6 / 8) ** 4, 3), "published", round(0.692**4, 3), round(0.604**4, 3))
    print("input tokens", [n * 3000 + 1500 * n * (n - 1) // 2 for n in (10, 40)])
    print("standard error of 80 % of 500", round((0.8 * 0.2 / 500) ** 0.5, 4))
