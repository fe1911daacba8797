"""What the text of a page says of one study and not of another."""

import math
import re

import numpy as np
import pandas as pd
import pytest

from page_checks import SHOWN, Seen, figure, study
from widelimit.report.pages.quoted import quoted_numbers
from widelimit.report.pages.render import render_page


@pytest.mark.parametrize(
    "data",
    [
        {"source": "circle"},
        {"source": "sphere", "dimension": 10, "target": "x_0", "noise_std": 0.1},
        {"source": "interval", "target": ["t", "t * t", "1 + t", "2 + t", "3 + t"]},
        {"source": "file", "path": "a&b<c>.csv", "inputs": ["p", "q"], "outputs": ["<r>", "s"]},
        {"source": "digits", "outputs": 10},
        {"source": "wine", "standardise": True},
        {"source": "diabetes"},
        {"source": "lecture", "dimension": 5},
    ],
)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.1", "erf"])
def test_every_kind_of_study_has_its_pages(data, activation):
    network = {"activation": activation, "widths": [100], "seeds": 1}
    changed = study(data=data, network=network)
    singular = {"rank_ntk": 2.0, "lambda_min_ntk": 0.0, "learning_rate_bound": 1e-4}
    singular |= {"lambda_max_ntk": 26.6, "condition_number_ntk": math.inf}
    figures = [figure(name) for name in SHOWN["step7"]]
    for numbers in ({}, singular):
        page = Seen(render_page("step7", study=changed, figures=figures, numbers=numbers))
        assert ("not below it" in page.text) == bool(numbers)
        assert ("rank 2 on 20 points" in page.text) == bool(numbers)
        assert ("positively homogeneous" in page.text) == ("relu" in activation)
        assert "1 widths" not in page.text
        assert "1 random initialisations" not in page.text
    Seen(render_page("step3", study=changed, figures=[figure(name) for name in SHOWN["step3"]]))


def test_the_raw_interval_is_explained_by_its_own_activation():
    changed = study(
        network={"activation": "erf"},
        variants={"interval": {"data": {"source": "interval"}, "network": {"activation": "relu"}}},
    )
    html = render_page("step7", study=changed, figures=[figure("step7_interval")])
    assert "positively homogeneous" in html


def test_step4_explains_the_circle_for_relu_alone():
    pages = {
        phi: render_page(
            "step4",
            study=study(step4={"activation": phi}),
            figures=[figure("step4_double_descent")],
        )
        for phi in ("relu", "erf")
    }
    assert "ways to cut" in pages["relu"]
    assert "ways to cut" not in pages["erf"]
    assert "step4_duals" not in pages["erf"]


def test_a_bias_is_spoken_of():
    plain = Seen(render_page("step7", study=study())).text
    assert "no biases" in plain
    assert "coordinate of 1" not in plain
    biased = Seen(render_page("step7", study=study(data={"bias": True}))).text
    assert "biases in the hidden layer alone" in biased
    assert "off the unit sphere" in biased


def test_sections_of_other_studies_stand_where_their_figure_is():
    beyond = {"activations": ["gelu"], "dimensions": [3], "target": "x_0 + 7 * x_2", "seeds": 4}
    lecture = pd.DataFrame(
        {
            "quantity": ["ntk_bias", "network_vs_ntk", "network_vs_ntk"],
            "width": [pd.NA, 16_000, 64],
            "centre": [0.4843746, 0.00101, 0.5],
            "lower": [np.nan, 0.0007, 0.1],
            "upper": [np.nan, 0.0013, 0.9],
            "seeds": [pd.NA, 9, 9],
            "published": [0.4843746, 0.0011547, np.nan],
        }
    )
    figures = [
        figure("step7_beyond"),
        figure("step7_classes"),
        figure("step7_lecture", table=lecture, columns=()),
        figure("lecture_descent"),
    ]
    page = Seen(render_page("step7", study=study(beyond=beyond), figures=figures))
    assert {"beyond", "classes", "lecture", "lecture-descent"} <= set(page.values("id"))
    assert "x_0 + 7 * x_2" in page.text
    assert "4 initialisations each" in page.text
    assert page.text.count("0.484375") == 2
    for quoted in ("0.00115", "0.00101", "9 initialisations", "0.0007"):
        assert quoted in page.text
    assert not re.search(r"\bnan\b", page.text)


def test_ratios_of_the_start_alone_where_theory_has_no_movement(quoted):
    ratios, predicted = (quoted["distance"][name] for name in ("ratios", "predicted"))
    ratios = ratios[ratios["quantity"] == "start"]
    predicted = predicted[predicted["metric"] != "predicted_distance_movement"]
    numbers = quoted_numbers("distance", {"ratios": ratios, "predicted": predicted})
    figures = [figure(name) for name in SHOWN["distance"]]
    text = Seen(render_page("distance", study=study(), figures=figures, numbers=numbers)).text
    assert "start, width" in text
    assert "movement, width" not in text
    assert "> 2⁸" in text
