"""The page of all figures."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from page_checks import Seen, study
from widelimit.report.catalog import figures_of, pages_of
from widelimit.report.figure_text import FigureText
from widelimit.report.pages.gallery import WIDTH, read_picture, render_gallery


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """One of each figure: a drawing of 1440 x 720, blue on white."""
    folder = tmp_path_factory.mktemp("pictures")
    drawn = np.full((720, 1440, 4), 255, np.uint8)
    drawn[300:400, :, :2] = 0
    for name in figures_of(study()):
        text = FigureText(f"About {name}", "A caption.", "It is 1 < 2.")
        (folder / f"{name}.json").write_text(text.to_json())
        Image.fromarray(drawn).save(folder / f"{name}.png")
    return [
        read_picture(str(folder / f"{name}.png"), str(folder / f"{name}.json"))
        for name in figures_of(study())
    ]


def test_each_figure_is_there_and_leads_to_its_place(pictures):
    pages = pages_of(study())
    page = Seen(render_gallery(pictures, study=study(), linked=["index", *pages, "gallery"]))
    images = [attrs for tag, attrs, _ in page.attributes if tag == "img"]
    assert len(images) == len(pictures) == len(figures_of(study()))
    links = page.values("href")
    for picture in pictures:
        step = picture.name.partition("_")[0].replace("step2", "step3")
        assert f"{step}.html#{picture.name}" in links
        assert {f"../figures/{picture.name}.{kind}" for kind in ("svg", "pdf", "png")} <= set(links)
        assert picture.text.title in page.text
    kind, _, data = images[0]["src"].partition(",")
    assert kind == "data:image/png;base64"
    small = Image.open(io.BytesIO(base64.b64decode(data)))
    assert small.size == (WIDTH, WIDTH // 2)
    top, middle = (small.convert("RGB").getpixel((9, row)) for row in (5, 115))
    assert top == (255, 255, 255)
    assert middle[2] == 255 > middle[0]


def test_pages_that_are_not_there_are_not_linked_to(pictures):
    page = Seen(render_gallery(pictures, study=study(), linked=["gallery", "step7"]))
    links = [link for link in page.values("href") if ".html" in link]
    assert {link.partition(".")[0] for link in links} == {"gallery", "step7"}
