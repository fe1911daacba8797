"""What is filled in once a page is whole."""

import pytest

from widelimit.report.pages.whole import CONTENTS, completed

SECTIONS = "".join(
    f'<section id="{name}">\n<h2>Title of {name}</h2></section>' for name in ("a", "b", "c")
)


def test_the_contents_are_the_headings_which_can_be_linked_to():
    html = completed(f"<main>{CONTENTS}{SECTIONS}</main>")
    contents, _, rest = html.partition("</nav>")
    for name in ("a", "b", "c"):
        assert f'<li><a href="#{name}">Title of {name}</a></li>' in contents
        assert f'Title of {name} <a class="anchor" href="#{name}"' in rest
    assert contents.index("#a") < contents.index("#b") < contents.index("#c")


def test_a_short_page_has_no_contents():
    html = completed(f'{CONTENTS}<section id="a"><h2>Title</h2></section>')
    assert "<nav" not in html
    assert CONTENTS not in html


def test_figures_are_numbered_in_their_order_and_quoted_by_number():
    number = '<b class="number" data-figure="{}"></b>'
    html = completed(
        f'See {number.format("z")}. <figure id="y"></figure><figure id="z">{number.format("z")}'
    )
    assert html.count("<b>Figure\u00a02</b>") == 2


def test_a_figure_that_is_not_there_is_not_quoted():
    with pytest.raises(KeyError, match="z"):
        completed('<b class="number" data-figure="z"></b>')
