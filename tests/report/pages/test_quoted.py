"""The numbers that the text of a page quotes."""

import re

import pandas as pd
import pytest

from page_checks import Seen
from widelimit.report.numbers import fixed
from widelimit.report.pages.quoted import distance_numbers, kernel_numbers, worked_numbers


def test_sum_of_the_worked_example_is_on_the_page(pages, step3):
    worked = worked_numbers(step3["worked"])
    assert sum(row.term for row in worked["rows"]) == pytest.approx(worked["f"], abs=1e-12)
    samples = step3["points"].query("split == 'train'")
    for row, (_, sample) in zip(worked["rows"], samples.iterrows(), strict=True):
        assert row.term == pytest.approx(row.alpha * row.kernel, abs=1e-14)
        assert (row.t, row.y) == (sample["t"], sample["y"])
    text = Seen(pages["step3"]).text
    for row in worked["rows"]:
        assert fixed(row.term, 3) in text
    assert fixed(worked["f"], 3) in text


def test_the_gram_matrix_of_the_example_is_on_the_page(pages):
    html = pages["step5"]
    sums = re.findall(r">sum</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>", html)
    assert sums == [("5", "10", "20"), ("5", "20", "84.5")]
    assert re.findall(r"The determinant is ([\d.]+?)(?::|\.<)", html) == ["0", "22.5"]


def test_kernel_numbers_depend_on_no_width_seed_or_step():
    metrics = pd.DataFrame(
        [
            (None, None, None, "lambda_max_ntk", 2.0),
            (None, None, 10, "test_rmse_ntk", 4.0),
            (64, None, None, "ntk_deviation", 5.0),
            (None, 1, None, "ntk_deviation", 6.0),
        ],
        columns=["width", "seed", "step", "metric", "value"],
    ).astype({"width": "Int64", "seed": "Int32", "step": "Int64"})
    assert kernel_numbers(metrics) == {"lambda_max_ntk": 2.0}


def test_step4_quotes_what_was_measured(pages):
    text = re.sub(r"\s+", "", Seen(pages["step4"]).text)
    assert "interpolationfromk/n=7.5on" in text
    pattern = r'<td class="holds">([^<]+)</td><th [^>]*>[^<]+<br><code>(\w+)</code></th>(.*?)</tr>'
    found = {
        metric: [verdict, *re.findall(r"<td[^>]*>(.*?)</td>", cells)][:4]
        for verdict, metric, cells in re.findall(pattern, pages["step4"])
    }
    assert found["dual_closed_form_error"] == ["yes", "3\u202f×\u202f10⁻¹⁵", "", "≤ 10⁻¹²"]
    assert found["fourier_peak_ratio"] == ["no", "3.25", "", "0.95 to 1.05"]
    assert found["fourier_deviation"] == ["not measured", "–", "", "0.9 to 1.1"]


def test_the_two_errors_are_those_at_the_widest_width_and_the_last_step():
    rows = [
        (width, seed, step, metric, size * (1 + seed))
        for width in (4, 8)
        for seed in (0, 1)
        for step in (1, 10)
        for metric, size in (
            ("distance_start", width * step),
            ("rmse_network_vs_empirical_ntk", 1.0),
        )
    ]
    columns = ["width", "seed", "step", "metric", "value"]
    metrics = pd.DataFrame(rows, columns=columns)
    numbers = distance_numbers(metrics)
    assert numbers["start"] == pytest.approx(80 * (2.5) ** 0.5)
    assert numbers["movement"] == pytest.approx(2.5**0.5)
    assert [numbers[name] for name in ("width", "step", "seeds")] == [8, 10, 2]
    assert distance_numbers(metrics[:0]) == {}
