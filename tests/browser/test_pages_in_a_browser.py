"""What a reader meets: every page at every size, in the dark, on paper, by keyboard and by ear."""

import io
import re
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from widelimit.report.catalog import FIGURES, PAGES
from widelimit.tables.files import read_table

every_page = pytest.mark.parametrize("name", ["index", *PAGES])
and_the_gallery = pytest.mark.parametrize("name", ["index", *PAGES, "gallery"])
heavy = pytest.mark.heavy
SIZES = [360, *(pytest.param(width, marks=heavy) for width in (800, 1600))]
MOVING = sorted(
    name for name in FIGURES if hasattr(import_module(f"widelimit.report.figures.{name}"), "moving")
)
"""Figures with sliders."""


def moving_on(name: str) -> list[str]:
    return [figure for figure in MOVING if figure.startswith(f"{name}_")]


def opened_figure(open_page, moving: str, width: int = 800):
    """A figure with sliders on its page, which carries the name of its step."""
    opened = open_page(moving.partition("_")[0], width)
    return opened, opened.page.locator(f"#{moving}")


@and_the_gallery
def test_nothing_is_asked_for_and_nothing_goes_wrong(name, open_page):
    opened = open_page(name)
    opened.unfold()
    for slider in opened.page.locator("input[type=range]").all():
        for key in ("Home", "ArrowRight", "End"):
            slider.press(key)
    assert opened.said == []
    assert opened.requests == [opened.address]
    assert opened.page.title()


@and_the_gallery
@pytest.mark.parametrize("width", SIZES)
def test_nothing_sticks_out(name, width, open_page):
    opened = open_page(name, width)
    opened.keep(str(width))
    for unfolded in (False, True):
        if unfolded:
            opened.unfold()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
        # Wide things scroll inside a box of their own, which lies within the page.
        boxes = opened.page.evaluate(
            """[...document.querySelectorAll("main p, main pre, .card, .wide, .formula, .sliders")]
            .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect())
            .filter(box => box.left < 0 || box.right > innerWidth).length"""
        )
        assert boxes == 0


NOT_APPLICABLE = {"empty-table-header": {"enabled": False}}
"""Rules of axe that do not read MathML, and so take a formula for nothing."""


ONE_OF_EACH = {"exclude": [["svg > g"], ["svg > defs"], ["tbody tr:nth-child(n + 4)"]]}
"""Of drawings, which are outlines without text, what names them; of tables the first rows."""


@heavy
@every_page
@pytest.mark.parametrize("scheme, width", [("light", 1600), ("dark", 360)])
def test_axe_finds_nothing_to_complain_about(name, scheme, width, open_page):
    from axe_playwright_python.sync_playwright import Axe

    opened = open_page(name, width, color_scheme=scheme)
    opened.unfold()
    options = {"rules": NOT_APPLICABLE, "resultTypes": ["violations"]}
    results = Axe().run(opened.page, ONE_OF_EACH, options)
    assert results.violations_count == 0, results.generate_report()
    # Contrast, names of pictures and of sliders are among what it has looked at.
    passed = {rule["id"] for rule in results.response["passes"]}
    assert {"color-contrast", "svg-img-alt"} <= passed
    assert ("label" in passed) == bool(moving_on(name))


def luminance(colour: str) -> float:
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def colours(page) -> tuple[float, float]:
    """Luminance of paper and ink."""
    style = "getComputedStyle(document.body)"
    return tuple(luminance(page.evaluate(f"{style}.{c}")) for c in ("backgroundColor", "color"))


@heavy
@every_page
def test_in_the_dark_and_on_paper(name, open_page):
    opened = open_page(name, color_scheme="dark")
    opened.keep("dark")
    paper, ink = colours(opened.page)
    assert paper < 0.15
    assert ink > 0.8
    # The figures are drawn in dark ink.
    card = opened.page.locator(".card").first
    assert luminance(card.evaluate("e => getComputedStyle(e).backgroundColor")) == pytest.approx(1)
    opened.page.emulate_media(media="print", color_scheme="dark")
    opened.keep("print")
    assert colours(opened.page) == pytest.approx((1, 0))
    for unseen in ("header", "details", ".sliders"):
        for element in opened.page.locator(unseen).all():
            assert not element.is_visible()
    assert opened.page.locator("main svg").first.is_visible()
    assert opened.page.pdf(format="A4").startswith(b"%PDF")


@heavy
@every_page
def test_without_scripts_the_figures_stand_as_they_are_drawn(name, open_page):
    page = open_page(name, java_script_enabled=False).page
    assert page.locator("main svg").first.is_visible()
    for figure in page.locator("figure.moving").all():
        assert not figure.locator(".sliders").is_visible()
        assert figure.locator(".state").inner_text().endswith(".")
    assert page.locator("figure.moving").count() == len(moving_on(name))


@heavy
@every_page
def test_every_table_is_saved_as_csv(name, open_page, finished):
    page = open_page(name).page
    figures = page.locator("figure").all()
    assert bool(figures) == (name != "index")
    for figure in figures:
        figure.locator("summary").click()
        link = figure.locator("a[download]")
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == f"{figure.get_attribute('id')}.csv"
        saved = pd.read_csv(io.StringIO(download.value.path().read_text()))
        table = read_table(finished.path / f"results/figures/{figure.get_attribute('id')}.parquet")
        assert list(saved.columns) == list(table.columns)
        assert len(saved) == len(table)
        for column in table.columns[[kind.kind in "if" for kind in table.dtypes]]:
            known = table[column].astype(float).to_numpy()
            np.testing.assert_allclose(saved[column], known, rtol=5e-5)


def test_the_link_to_the_text_is_the_first_thing_a_keyboard_meets(open_page):
    page = open_page("step7").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def away(slider) -> tuple[str, str]:
    """The key that moves a slider where it can go, and the one that moves it back."""
    keys = ("ArrowLeft", "ArrowRight")
    return keys if slider.input_value() != "0" else keys[::-1]


def away_and_back(sliders) -> None:
    for slider in sliders:
        for key in away(slider):
            slider.press(key)


# Where every artist with a name stands, rounded to what the eye can tell apart.
WHERE = """figure => Object.fromEntries(
  JSON.parse(figure.querySelector("script").textContent).parts.map(({name, panel, by}) => {
    const artist = document.getElementById(`${figure.id}-${name}`);
    const places = [...artist.querySelectorAll("use")].map(u => [+u.getAttribute("x"),
                                                                 +u.getAttribute("y")]);
    const box = artist.getBBox();
    const frame = document.getElementById(`${figure.id}-panel-${panel}`).getBBox();
    const inside = box.x >= frame.x - 1 && box.x + box.width <= frame.x + frame.width + 1 &&
                   box.y >= frame.y - 1 && box.y + box.height <= frame.y + frame.height + 1;
    const shape = artist.querySelector("path")?.getAttribute("d");
    const seen = getComputedStyle(artist).visibility === "visible";
    return [name, {by, places, box: [box.x, box.y, box.width, box.height], shape, seen, inside}];
  }))"""


@pytest.mark.parametrize("moving", MOVING)
def test_sliders_move_what_they_should_and_nothing_else(moving, open_page):
    opened, figure = opened_figure(open_page, moving)
    sliders = figure.locator("input[type=range]").all()
    assert sliders
    # From here on everything stands where the script puts it, rounded to thousandths.
    away_and_back(sliders)
    for number, slider in enumerate(sliders):
        before, sentence = figure.evaluate(WHERE), figure.locator(".state").inner_text()
        value = slider.evaluate("s => s.closest('label').querySelector('output').textContent")
        slider.press(away(slider)[0])
        after = figure.evaluate(WHERE)
        for part, there in before.items():
            still = all(there[what] == after[part][what] for what in ("places", "shape", "seen"))
            assert still != (number in there["by"]), part
        assert figure.locator(".state").inner_text() != sentence
        now = slider.evaluate("s => s.closest('label').querySelector('output').textContent")
        assert now != value
        assert slider.get_attribute("aria-valuetext") == now
    opened.keep("moved")


@heavy
@pytest.mark.parametrize("moving", MOVING)
def test_what_is_moved_away_and_back_stands_where_it_was_drawn(moving, open_page):
    _, figure = opened_figure(open_page, moving)
    drawn = figure.evaluate(WHERE)
    away_and_back(figure.locator("input[type=range]").all())
    again = figure.evaluate(WHERE)
    compared = 0
    for part, there in drawn.items():
        np.testing.assert_allclose(again[part]["places"], there["places"], atol=0.3)
        # Lines that leave their panel are cut by matplotlib, and hidden there by the script.
        if again[part]["inside"]:
            np.testing.assert_allclose(again[part]["box"], there["box"], atol=0.6)
            compared += 1
    assert compared >= len(drawn) / 2


@heavy
@pytest.mark.parametrize("moving", MOVING)
@pytest.mark.parametrize("width", [360, 1600])
def test_sliders_follow_the_mouse(moving, width, open_page):
    _, figure = opened_figure(open_page, moving, width)
    for slider in figure.locator("input[type=range]").all():
        box = slider.bounding_box()
        slider.click(position={"x": 3, "y": box["height"] / 2})
        assert slider.input_value() == "0"
        slider.hover(position={"x": 5, "y": box["height"] / 2})
        mouse = figure.page.mouse
        mouse.down()
        mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2, steps=5)
        mouse.up()
        assert slider.input_value() == slider.get_attribute("max")
        at_the_end = figure.evaluate(WHERE)
        slider.click(position={"x": 3, "y": box["height"] / 2})
        assert figure.evaluate(WHERE) != at_the_end


def test_the_address_keeps_the_sliders_and_play_moves_them_to_the_end(open_page):
    opened, figure = opened_figure(open_page, "step7_explorer")
    page, step = opened.page, figure.locator("input[type=range]").last
    step.press("Home")
    address = page.url
    assert address.endswith(",0")
    page.goto("about:blank")
    page.goto(address)
    assert step.input_value() == "0"
    page.clock.install()
    figure.get_by_role("button", name="Play").click()
    page.clock.run_for(60_000)
    assert step.input_value() == step.get_attribute("max")
    assert figure.get_by_role("button", name="Play").is_visible()
    assert page.url.endswith(f",{step.input_value()}")


def test_the_explorer_starts_at_the_beginning_and_its_key_follows(open_page):
    _, figure = opened_figure(open_page, "step7_explorer")
    width, step = figure.locator("input[type=range]").all()
    assert (width.input_value(), step.input_value()) == ("0", "1")
    colour = """figure => getComputedStyle(
      document.querySelector(`#${figure.id}-networks-key path`)).stroke"""
    narrow = figure.evaluate(colour)
    width.press("End")
    assert figure.evaluate(colour) != narrow


def test_at_the_first_step_the_rings_are_gone_and_come_back(open_page):
    _, figure = opened_figure(open_page, "step7_explorer")
    step = figure.locator("input[type=range]").nth(1)
    step.press("Home")
    assert "after 0 steps: at the start" in figure.locator(".state").inner_text()
    seen = {name: part["seen"] for name, part in figure.evaluate(WHERE).items()}
    assert not seen["distance-here"]
    assert not seen["loss-here"]
    assert seen["networks"]
    assert seen["band"]
    step.press("End")
    assert all(part["seen"] for part in figure.evaluate(WHERE).values())
