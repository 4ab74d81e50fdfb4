"""What a pair of accuracy curves shows, before anybody says why.

Names symptoms, not diseases: several diseases share a symptom, and only a further
experiment separates them. Every threshold stands in the code.
"""

import numpy as np


# --8<-- [start:error]
def gap_in_errors(train: float, validation: float, train_size: int,
                  validation_size: int) -> float:
    """How many standard errors lie between two accuracies.

    An accuracy p measured on N independent examples has the standard error
    sqrt(p * (1 - p) / N). The error of the difference is the root of the sum of the
    two squared errors.

    Args:
        train: Training accuracy, 0 to 1.
        validation: Validation accuracy, 0 to 1.
        train_size: Number of training examples.
        validation_size: Number of validation examples.

    Returns:
        (train - validation) / error; 0 for equal accuracies, inf or -inf if the
        error is 0 and the accuracies differ.

    Raises:
        ValueError: If an accuracy is outside 0 to 1, or a size is below 1.

    >>> round(gap_in_errors(0.90, 0.85, 1000, 100), 2)
    1.35
    >>> round(gap_in_errors(0.90, 0.85, 1000, 2000), 2)
    4.03
    """
    for name, p in [("train", train), ("validation", validation)]:
        if not 0 <= p <= 1:
            raise ValueError(f"{name} must be between 0 and 1, got {p}")
    sizes = {"train_size": train_size, "validation_size": validation_size}
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}")
    gap = train - validation
    if gap == 0:
        return 0.0
    variance = train * (1 - train) / train_size
    variance += validation * (1 - validation) / validation_size
    if variance == 0:
        return float(np.sign(gap) * np.inf)
    return gap / float(np.sqrt(variance))
# --8<-- [end:error]


# --8<-- [start:symptom]
def symptom(train: np.ndarray, validation: np.ndarray, chance: float,
            target: float) -> str:
    """The first symptom, in this order, that two accuracy curves show.

    The *end* of a curve is the mean of its last fifth, the *before* the mean of the
    fifth before that.

    1. ``"falls"``: the training end is more than 0.15 below its maximum.
    2. ``"learns nothing"``: the training end is at most 0.05 above chance.
    3. ``"validation at chance"``: the validation end is at most 0.05 above chance.
    4. ``"validation above"``: the validation end is more than 0.02 above the
       training end.
    5. ``"still rising"``: the training end is below the target and more than 0.02
       above its before, and the validation end is above its before.
    6. ``"validation falls"``: the validation end is more than 0.05 below its
       maximum and more than 0.05 below the training end.
    7. ``"gap"``: the validation end is more than 0.05 below the training end.
    8. ``"both low"``: the training end is below the target.
    9. ``"both high"``: none of these.

    Args:
        train: Training accuracy after each epoch, (T,) with T at least 10.
        validation: Validation accuracy after each epoch, (T,).
        chance: Accuracy of guessing, 1 / K for K equally frequent classes.
        target: Training accuracy that the task should allow.

    Returns:
        One of the nine names.

    Raises:
        ValueError: If ``train`` and ``validation`` differ in length or have fewer
            than 10 values, or if a value is not between 0 and 1 (nan, percent).

    >>> epochs = np.arange(1, 51)
    >>> symptom(1 - 0.9 / epochs, 0.8 - 0.7 / epochs, chance=0.1, target=0.95)
    'gap'
    """
    train, validation = np.asarray(train), np.asarray(validation)
    if train.shape != validation.shape or train.ndim != 1 or len(train) < 10:
        raise ValueError("train and validation need one length of at least 10: "
                         f"{train.shape}, {validation.shape}")
    for name, curve in [("train", train), ("validation", validation)]:
        if not np.all((curve >= 0) & (curve <= 1)):
            raise ValueError(f"{name} must lie between 0 and 1, got {curve}")
    fifth = len(train) // 5
    end, before = train[-fifth:].mean(), train[-2 * fifth : -fifth].mean()
    validation_end = validation[-fifth:].mean()
    validation_rises = validation_end > validation[-2 * fifth : -fifth].mean()
    if train.max() - end > 0.15:
        return "falls"
    if end <= chance + 0.05:
        return "learns nothing"
    if validation_end <= chance + 0.05:
        return "validation at chance"
    if validation_end - end > 0.02:
        return "validation above"
    if end < target and end - before > 0.02 and validation_rises:
        return "still rising"
    if end - validation_end > 0.05:
        fallen = validation.max() - validation_end > 0.05
        return "validation falls" if fallen else "gap"
    return "both low" if end < target else "both high"
# --8<-- [end:symptom]


if __name__ == "__main__":
    for size in (100, 300, 2000):
        error = np.sqrt(0.9 * 0.1 / size)
        print(f"90 % on {size} examples: standard error {100 * error:.2f} points; "
              f"95 % in training on 1000 is {gap_in_errors(0.95, 0.9, 1000, size):.2f} errors away")
