"""What benchmarks measure in a browser, on the site that the other tests use."""

import pytest

from guide import search
from guide.benchmarks import reading


@pytest.fixture
def compressing(site):
    with reading.served(site) as server:
        yield server


def test_a_first_visit_counts_every_file_once_and_no_search_index(browser, compressing, site):
    asked = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url.removeprefix(compressing.address)))
    page.goto(f"{compressing.address}optimization/adam/", wait_until="networkidle")
    context.close()
    weights = reading.first_visit(browser, compressing, "optimization/adam/")
    assert search.INDEX not in asked
    assert {"HTML", "CSS", "JS", "fonts", "images"} <= set(weights)
    assert weights["HTML"] < (site / "optimization/adam/index.html").stat().st_size / 2  # it is compressed
    assert 0 < weights.total() <= reading.HEAVIEST * reading.KIB


def test_the_heaviest_answer_is_an_answer(site):
    assert 'class="guide-meta"' in (site / reading.heaviest(site) / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_python_in_the_page_is_timed_from_the_click(browser, compressing):
    context = browser.new_context()
    page = context.new_page()
    page.goto(compressing.address + reading.PYTHON_PAGE, wait_until="networkidle")
    page.locator(".highlight[data-snippet] button", has_text="Run").first.wait_for()
    first, second = page.evaluate(reading.RUN), page.evaluate(reading.RUN)
    context.close()
    assert first["state"].startswith("Ran") and second["state"].startswith("Ran")
    assert 0 < second["took"] < first["took"]
