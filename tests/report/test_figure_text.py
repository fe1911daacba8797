"""What a figure's job writes of it is what pages and README read."""

import json

import pytest

from widelimit.report.figure_text import FigureText
from widelimit.tables.files import read_text

TEXT = FigureText(
    title="Loss \u2013 by width",
    caption='"Quotes", \\ and\na line.',
    finding="0.5 < 1 after 10\u2075 steps.",
    moving={"sliders": [], "state": "", "script": {"values": [[1, None]]}},
)


def test_what_was_written_is_read():
    assert FigureText.from_json(TEXT.to_json()) == TEXT
    plain = FigureText("a", "b", "c")
    assert FigureText.from_json(plain.to_json()) == plain


def test_a_person_can_read_it():
    text = TEXT.to_json()
    assert text.count("\n") == 7
    assert '"finding": "0.5 < 1 after 10\u2075 steps.",\n' in text
    assert json.loads(text)["moving"]["script"] == {"values": [[1, None]]}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"title": "a"}', TEXT.to_json()[:-5]])
def test_anything_else_is_refused_with_the_name_of_the_file(text, tmp_path):
    path = tmp_path / "figure.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"figure\.json: damaged.*delete it and run again"):
        read_text(path, FigureText.from_json)
