"""Whole pages, as a browser sees them."""

import re

import pytest

from page_checks import SHOWN, Seen, figure, study
from widelimit.report.catalog import PAGES, figures_on
from widelimit.report.pages.render import render_page


@pytest.fixture(scope="module", params=["index", *PAGES])
def page(request, pages):
    return Seen(pages[request.param])


def test_balanced_with_unique_ids(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for tag in ("html", "head", "body", "main", "h1", "title"):
        assert page.tags[tag] == (1 if tag != "title" else 1 + page.tags["svg"])


def test_asks_the_network_for_nothing(page):
    links = page.values("href") + page.values("src") + page.values("xlink:href")
    allowed = {"data:,", "index.html", *(f"{name}.html" for name in PAGES)}
    # Figures beside the page are saved, not shown.
    others = tuple(f"{name}.html#" for name in PAGES)
    inside = ("#", "data:application/gzip;base64,", "../figures/", *others)
    assert all(link in allowed or link.startswith(inside) for link in links)
    assert not re.search(r"fetch\(|XMLHttpRequest|import\b|https?:", page.scripts)
    assert not {"iframe", "object", "embed", "img"} & set(page.tags)
    styles = "".join(data for where, data in page.texts if "style" in where)
    assert "@import" not in styles
    # The font of formulas is in the page itself.
    assert not re.search(r"""url\((?!#|"data:font/woff;base64,)""", styles)
    # Addresses are names of XML vocabularies, nothing else.
    for tag, attrs, _ in page.attributes:
        for name, value in attrs.items():
            assert "://" not in (value or "") or name.startswith("xmlns"), (tag, name, value)


def test_every_reference_inside_the_page_is_met(page):
    ids = set(page.values("id"))
    wanted = {link[1:] for link in page.values("href") if link.startswith("#")}
    wanted |= {name for names in page.values("aria-labelledby") for name in names.split()}
    for _, attrs, _ in page.attributes:
        for value in attrs.values():
            wanted |= set(re.findall(r"url\(#([^)]+)\)", value or ""))
    assert wanted
    assert wanted <= ids


def test_figures_are_named_for_screen_readers(page):
    svgs = [attrs for tag, attrs, _ in page.attributes if tag == "svg"]
    assert svgs
    for attrs in svgs:
        assert attrs["role"] == "img"
        title, description = attrs["aria-labelledby"].split()
        assert title != description
        assert "width" not in attrs
    inside = [where for where, data in page.texts if where[-2:] == ("svg", "title") and data]
    assert len(inside) == len(svgs)


def test_says_how_it_is_to_be_shown(page):
    metas = [attrs for tag, attrs, _ in page.attributes if tag == "meta"]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in metas
    styles = "".join(data for where, data in page.texts if "style" in where)
    for media in ("prefers-color-scheme: dark", "print", "max-width"):
        assert media in styles
    current = [attrs for tag, attrs, _ in page.attributes if "aria-current" in attrs]
    assert len(current) == 1


def test_no_template_syntax_is_left(page):
    assert not re.search(r"\{\{|\}\}|\{%|\\\(|\\\[|\\\]|Undefined", page.text)


@pytest.mark.parametrize("name", PAGES)
def test_figures_stand_in_the_order_of_the_text(name, pages):
    html, names = pages[name], SHOWN[name]
    # The one that shows what the page comes to is at its top.
    first = PAGES[name].picture
    places = [html.index(f'<figure id="{each}"') for each in names if each != first]
    assert places == sorted(places)
    assert html.index(f'<figure id="{first}"') < places[0]
    found = Seen(html)
    details = sum("figure" in where for tag, _, where in found.attributes if tag == "details")
    assert found.tags["figure"] == details == len(names)
    assert [f"Figure\xa0{i}. " in found.text for i in range(1, len(names) + 2)].index(False) == len(
        names
    )
    assert "snakemake -R train_networks" in found.text
    assert ("is not available" in found.text) == (name in ("step3", "step7"))
    assert found.tags["script"] == 1
    for each in names:
        assert f'download="{each}.csv.gz"' in html
    for each in names[-2:]:
        assert f"snakemake --force {each}.svg" in found.text
        assert f"results/figures/{each}.parquet" in found.text


def test_formulas_are_mathml(pages):
    for name in PAGES:
        assert Seen(pages[name]).tags["math"] > 20
    assert Seen(pages["step7"]).tags["merror"] == 0


def test_numbers_of_the_study_are_quoted(pages):
    text = Seen(pages["step7"]).text
    for quoted in ("26.6", "0.0752", "3.2\u202f×\u202f10⁸", "8580", "0.13 of it", "32\u202f000"):
        assert quoted in text
    text = Seen(pages["step3"]).text
    assert "t + sin(10 * t)" in text


def test_same_input_same_page(pages):
    figures = [figure(name) for name in figures_on("index", study())]
    again = render_page(
        "index",
        study=study(),
        figures=figures,
        commands={"Train again": "snakemake -R train_networks"},
    )
    assert again == pages["index"]


def test_the_overview_has_pictures_of_the_pages_that_are_there():
    figures = [figure(name) for name in figures_on("index", study())]
    html = render_page("index", study=study(), figures=figures, linked=["index", "step1"])
    assert 'id="step1_threshold"' in html
    assert 'id="step5_ntk"' not in html


@pytest.mark.parametrize("name", ["index", *PAGES])
def test_text_of_the_user_is_escaped(name):
    evil = "where(x_0 < 0, x_0, 1) > 2"
    figures = [] if name == "index" else [figure(PAGES[name].picture)]
    here = {"target": evil}
    changed = study(data=here, step2=here, step3=here, step4=here, step5={"targets": [evil, "t"]})
    html = render_page(name, study=changed, figures=figures)
    assert Seen(html)
    assert evil not in html
    if name not in ("index", "step1", "learning"):  # which quote no expression
        assert evil in Seen(html).text


ATTACK = "</script><script>alert(1)</script>"


@pytest.mark.parametrize("page", ["index", "step3", "step7"])
def test_what_a_configuration_says_is_text_on_pages(page):
    data = {"source": "file", "path": f"{ATTACK}.csv", "inputs": ["a"], "outputs": [ATTACK[:80]]}
    origin = {
        "study": f"target: {ATTACK}",
        "config": ATTACK,
        "lock": ATTACK,
        "codes": {ATTACK: ATTACK},
        "versions": [ATTACK],
    }
    html = render_page(page, study=study(data=data), origin=origin)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") >= 6
