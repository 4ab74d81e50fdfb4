"""Every rule that a contribution must satisfy, each with a message that says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from guide.check import (
    code_rules,
    docstring_rules,
    figure_rules,
    file_rules,
    notebook_rules,
    page_rules,
    settings_rules,
    source_rules,
    testing_rules,
    text_rules,
)
from guide.check.project import Project, read_project
from guide.faults import Fault, GuideError
from guide.garbage import seldom_collected

# Each rule looks at the whole project and yields faults; its docstring names the promise.
RULES: list[Callable[[Project], Iterator[Fault]]] = [
    file_rules.files_are_of_a_known_kind,
    file_rules.drawings_are_still,
    file_rules.no_file_hides_anything,
    page_rules.pages_in_navigation,
    page_rules.moved_pages_are_redirected,
    page_rules.topics_have_their_pages,
    page_rules.slugs_known_and_answered_once,
    page_rules.prerequisites_exist,
    page_rules.headings_in_order,
    page_rules.short_answer_can_be_said,
    page_rules.follow_ups_are_answered,
    page_rules.sections_in_order,
    page_rules.lists_are_known,
    page_rules.minutes_are_those_of_answers,
    page_rules.links_lead_to_pages,
    text_rules.maths_can_be_rendered,
    text_rules.html_is_harmless,
    text_rules.links_say_where_they_lead,
    text_rules.text_is_understood,
    source_rules.citations_are_listed,
    source_rules.references_are_cited,
    source_rules.sources_stand_once,
    figure_rules.images_exist_and_are_described,
    figure_rules.figures_are_drawn_and_shown,
    code_rules.code_comes_from_snippets,
    code_rules.includes_exist,
    code_rules.shown_code_fits,
    code_rules.sections_are_closed,
    code_rules.snippets_have_page_and_test,
    code_rules.snippets_import_what_they_may,
    docstring_rules.docstrings_fit,
    docstring_rules.public_names_have_docstrings,
    code_rules.snippets_stay_offline,
    code_rules.code_only_computes,
    code_rules.linter_is_content,
    code_rules.snippets_import_cleanly,
    testing_rules.tests_have_a_snippet,
    testing_rules.tests_run_where_they_must,
    testing_rules.tests_can_fail,
    testing_rules.tests_are_run,
    testing_rules.tests_do_not_wait,
    notebook_rules.notebooks_are_clean,
    settings_rules.workflows_run_what_was_read,
    settings_rules.settings_load_nothing_from_elsewhere,
    settings_rules.versions_are_locked,
    settings_rules.records_are_of_experiments,
]
# Their lines of a notebook are those of its text, as if it were one page.
OF_PAGES = {rules.__name__ for rules in (page_rules, text_rules, source_rules, figure_rules, code_rules)}
# It waits for another Python, which takes seconds to load PyTorch: the other rules are asked meanwhile.
IN_ANOTHER_PROCESS = code_rules.snippets_import_cleanly


@seldom_collected()
def check(root: Path) -> list[Fault]:
    """All faults of the project at ``root``, sorted by file and line."""
    try:
        project = read_project(root)
    except GuideError as error:
        return error.faults
    faults = list(project.unreadable)
    with ThreadPoolExecutor(1) as beside:
        imported = beside.submit(_ask, IN_ANOTHER_PROCESS, project)
        for rule in RULES:
            if rule is not IN_ANOTHER_PROCESS:
                faults += _ask(rule, project)
        faults += imported.result()
    project.memory.save()
    return sorted(set(faults))


def _ask(rule: Callable[[Project], Iterator[Fault]], project: Project) -> list[Fault]:
    try:
        return [project.placed(fault) if rule.__module__ in OF_PAGES else fault for fault in rule(project)]
    except GuideError as error:
        return error.faults
