"""Formulas are laid out by the page's own font, whatever fonts the machine has."""

import pytest

from widelimit.report.catalog import PAGES

PLACES = """
[...document.querySelectorAll("math msup")].filter(e => e.checkVisibility()).map(e => {
  const [base, sup] = [...e.children].map(child => child.getBoundingClientRect());
  return {text: e.textContent, size: parseFloat(getComputedStyle(e).fontSize), base, sup};
})
"""


@pytest.mark.parametrize("name", list(PAGES))
def test_superscripts_are_raised_and_smaller(name, open_page):
    page = open_page(name, 1280).page
    assert page.evaluate("""document.fonts.check('16px "widelimit math"')""")
    superscripts = page.evaluate(PLACES)
    assert superscripts
    for place in superscripts:
        base, sup = place["base"], place["sup"]
        assert sup["bottom"] < base["bottom"], place["text"]
        assert sup["left"] >= base["left"], place["text"]


def test_a_root_has_its_bar(open_page):
    """What is below the bar leaves room for it: without a MATH table there is none."""
    page = open_page("step7", 1280).page
    roots = page.evaluate(
        """[...document.querySelectorAll("math msqrt")].map(root => [
            root.getBoundingClientRect().top,
            Math.min(...[...root.children].map(e => e.getBoundingClientRect().top)),
        ])"""
    )
    assert roots
    assert all(inside > outside + 0.5 for outside, inside in roots)


def test_nothing_is_left_free_behind_a_root(open_page):
    page = open_page("step7", 1280).page
    gaps = page.evaluate(
        """[...document.querySelectorAll("math msqrt")].map(root =>
            root.getBoundingClientRect().right
            - Math.max(...[...root.children].map(e => e.getBoundingClientRect().right)))"""
    )
    assert gaps
    assert max(gaps) < 0.5
