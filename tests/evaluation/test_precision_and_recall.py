"""What counts and the scores made from them promise. NumPy and plain asserts only."""

import numpy as np

from snippets.evaluation.precision_and_recall import (
    balanced_accuracy,
    both_classes,
    counts,
    matthews,
    precision_recall_fscore,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def close(ours, expected):
    np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-15)


CONFUSION = np.array([[76, 3, 1], [4, 10, 1], [2, 1, 2]])  # rows: target, columns: said


def labels():
    targets, said = np.indices((3, 3))
    return np.repeat(targets, CONFUSION.ravel()), np.repeat(said, CONFUSION.ravel())


def test_counts_are_row_and_column_sums_of_the_confusion_matrix():
    targets, predictions = labels()
    tp, fp, fn = counts(targets, predictions, 3)
    assert tp.tolist() == [76, 10, 2] and fp.tolist() == [6, 4, 2] and fn.tolist() == [4, 5, 3]
    assert tp.dtype == np.int64
    small = counts(targets.astype(np.uint8), predictions.astype(np.uint8), 3)
    assert [c.tolist() for c in small] == [[76, 10, 2], [6, 4, 2], [4, 5, 3]]


def test_with_several_labels_per_example_each_column_counts_alone():
    targets = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 0, 0]])
    predictions = np.array([[1, 0, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1]])
    tp, fp, fn = counts(targets, predictions, 3)
    assert tp.tolist() == [2, 0, 1] and fp.tolist() == [1, 0, 1] and fn.tolist() == [0, 1, 1]


def test_scores_by_hand():
    precision, recall, f1 = precision_recall_fscore(np.array([16]), np.array([49]), np.array([4]))
    close([precision[0], recall[0], f1[0]], [16 / 65, 16 / 20, 32 / 85])
    # F2 = 5 tp / (5 tp + fp + 4 fn)
    close(precision_recall_fscore(np.array([16]), np.array([49]), np.array([4]), 2.0)[2], [80 / 145])


def test_f_is_the_weighted_harmonic_mean():
    for beta in (0.5, 1.0, 3.0):
        p, r, f = precision_recall_fscore(np.array([7]), np.array([2]), np.array([11]), beta)
        close(f, (1 + beta**2) / (1 / p + beta**2 / r))


def test_micro_scores_of_single_labels_are_all_the_accuracy():
    targets, predictions = labels()
    tp, fp, fn = counts(targets, predictions, 3)
    close(precision_recall_fscore(tp, fp, fn, 1.0, "micro"), [0.88, 0.88, 0.88])
    close(precision_recall_fscore(tp, fp, fn, 1.0, "weighted")[1], 0.88)


def test_macro_and_weighted_are_means_over_classes():
    tp, fp, fn = np.array([76, 10, 2]), np.array([6, 4, 2]), np.array([4, 5, 3])
    f1 = np.array([152 / 162, 20 / 29, 4 / 9])
    close(precision_recall_fscore(tp, fp, fn)[2], f1)
    close(precision_recall_fscore(tp, fp, fn, 1.0, "macro")[2], f1.mean())
    close(precision_recall_fscore(tp, fp, fn, 1.0, "weighted")[2], f1 @ [0.8, 0.15, 0.05])


def test_nothing_divided_by_nothing_takes_the_value_that_was_chosen():
    tp, fp, fn = np.array([3, 0]), np.array([1, 0]), np.array([2, 0])  # class 1: neither there nor said
    for value in (0.0, 1.0):
        with np.errstate(invalid="raise"):
            precision, recall, f1 = precision_recall_fscore(tp, fp, fn, 1.0, None, value)
        close([precision[1], recall[1], f1[1]], [value] * 3)
        close(precision_recall_fscore(tp, fp, fn, 1.0, "macro", value)[0], (0.75 + value) / 2)
    assert np.isnan(precision_recall_fscore(tp, fp, fn, 1.0, None, np.nan)[2][1])
    close(precision_recall_fscore(tp, fp, fn)[0], [0.75, 0.0])  # 0 unless told otherwise
    close(precision_recall_fscore(tp, fp, fn, 1.0, "macro", np.nan), [0.75, 0.6, 6 / 9])


def test_a_weighted_mean_without_any_weight_is_nothing_divided_by_nothing():
    nobody, said = np.zeros(3), np.array([2, 0, 1])  # nobody has a label, three alarms
    for value in (0.0, 1.0):
        close(precision_recall_fscore(nobody, said, nobody, 1.0, "weighted", value), [value] * 3)
    assert np.isnan(precision_recall_fscore(nobody, said, nobody, 1.0, "weighted", np.nan)[0])


def test_a_constant_answer_has_balanced_accuracy_one_over_k_and_matthews_zero():
    tp, fp, fn = np.array([0, 93, 0]), np.array([0, 7, 0]), np.array([5, 0, 2])
    close(balanced_accuracy(tp, fn), 1 / 3)
    assert matthews(tp, fp, fn) == 0.0
    close(balanced_accuracy(np.array([4, 0]), np.array([1, 0])), 0.8)  # an absent class is left out


def test_matthews_by_hand_and_its_sign():
    tp, fp, fn, tn = 16.0, 49.0, 4.0, 931.0
    expected = (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    close(matthews(np.array([tn, tp]), np.array([fn, fp]), np.array([fp, fn])), expected)
    # every answer swapped
    close(matthews(np.array([fp, fn]), np.array([tp, tn]), np.array([tn, tp])), -expected)
    close(matthews(np.array([3, 4]), np.zeros(2), np.zeros(2)), 1.0)


def test_expected_counts_keep_the_rates():
    tp, fp, fn = both_classes(0.02, 0.8, 0.05)
    close(tp, [0.931, 0.016])
    close(fp, [0.004, 0.049])
    close(fn, [0.049, 0.004])


def test_the_page_s_table_of_prevalences():
    for prevalence, accuracy, precision, f1, mcc in ((0.5, 0.875, 0.941, 0.865, 0.759),
                                                     (0.1, 0.935, 0.640, 0.711, 0.680),
                                                     (0.02, 0.947, 0.246, 0.376, 0.426),
                                                     (0.001, 0.950, 0.016, 0.031, 0.108)):
        tp, fp, fn = both_classes(prevalence, 0.8, 0.05)
        p, _, f = precision_recall_fscore(tp, fp, fn)
        found = [tp.sum(), p[1], f[1], matthews(tp, fp, fn)]
        np.testing.assert_allclose(found, [accuracy, precision, f1, mcc], atol=5.01e-4)
        close(balanced_accuracy(tp, fn), 0.875)


def test_bad_input_is_named():
    four = np.array([0, 1, 2, 1])
    assert "targets (4,) for predictions (3,)" in raises(counts, four, four[:3], 3)
    message = raises(counts, four, four, 2)
    assert "targets" in message and "2" in message
    message = raises(counts, four[:1], np.array([3]), 3)
    assert "predictions" in message and "3" in message
    assert "targets" in raises(counts, np.full((1, 3), 2), np.full((1, 3), 2), 3)
    assert "targets" in raises(counts, np.zeros((2, 3), np.int64), np.zeros((2, 3), np.int64), 4)
    ones = np.ones(2)
    assert "average" in raises(precision_recall_fscore, ones, ones, ones, 1.0, "binary")
    assert "beta" in raises(precision_recall_fscore, ones, ones, ones, 0.0)
    assert "tp" in raises(balanced_accuracy, np.zeros(2), np.zeros(2))
    assert "tp" in raises(matthews, np.zeros(2), np.zeros(2), np.zeros(2))


def test_counts_of_8_bits_give_the_scores_of_wide_ones():
    tp, fp, fn = np.array([200, 90]), np.array([100, 250]), np.array([130, 7])
    small = [c.astype(np.uint8) for c in (tp, fp, fn)]
    for average in (None, "micro", "macro", "weighted"):
        expected = precision_recall_fscore(tp, fp, fn, average=average)
        close(precision_recall_fscore(*small, average=average), expected)
    close(balanced_accuracy(small[0], small[2]), balanced_accuracy(tp, fn))
    close(matthews(*small), matthews(tp, fp, fn))
