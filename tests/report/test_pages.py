import base64
import gzip
import json
import re
from collections import Counter
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from widelimit.data.points import generate_samples
from widelimit.measure.regression.fits import fit_step3
from widelimit.measure.slopes import slopes_table
from widelimit.measure.tangent.initialisation import example
from widelimit.report.claims import judge
from widelimit.report.figures import step3_feature_map, step3_kernels, style
from widelimit.report.figures.sliders import Frame, Moving, Panel, Part, Slider, Words
from widelimit.report.formulas import Formulas, formula
from widelimit.report.markup import (
    MOST_CSV_ROWS,
    cell,
    csv_link,
    inline_svg,
    shortened,
)
from widelimit.report.numbers import fixed
from widelimit.report.page_numbers import (
    example_numbers,
    kernel_numbers,
    page_numbers,
    worked_numbers,
)
from widelimit.report.pages import (
    PAGES,
    figure_on_page,
    render_page,
)
from widelimit.study.config import load_study

VOID = {"meta", "link", "br", "hr", "img", "input"}
STEP3 = [
    f"step3_{name}" for name in ("feature_map", "worked", "kernels", "scale", "explorer", "gram")
]
STEP5 = [f"step5_{name}" for name in ("ntk", "linearised", "outputs", "hessian", "flow")]
STEP7 = [
    f"step7_{name}"
    for name in ("explorer", "fits", "convergence", "loss", "movement", "ensemble", "interval")
]
STEP1 = [f"step1_{name}" for name in ("threshold", "directions", "span", "regimes")]
STEP2 = [f"step2_{name}" for name in ("features", "psd", "descent")]
STEP4 = [
    f"step4_{name}" for name in ("duals", "properties", "width", "last_layer", "double_descent")
]
NUMBERS = {
    "lambda_max_ntk": 26.6,
    "lambda_min_ntk": 3.1e-3,
    "rank_ntk": 20.0,
    "condition_number_ntk": 8580.0,
    "condition_number_nngp": 3.2e8,
    "learning_rate_bound": 0.0752,
}

EXAMPLE = pd.concat([example(name) for name in ("relu", "hermite:2")])


class Checked(HTMLParser):
    """Collects what a browser would see, and insists on balanced tags."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], Counter(), [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert {"svg", "math"} & set(self.open), f"<{tag}/> outside SVG and MathML"
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    @property
    def text(self):
        return "".join(data for where, data in self.texts if not {"style", "script"} & set(where))

    @property
    def scripts(self):
        return "".join(data for where, data in self.texts if "script" in where)

    def values(self, name):
        return [attrs[name] for _, attrs, _ in self.attributes if name in attrs]


def svg_of(n):
    return (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
        ' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="720pt" height="300pt"'
        ' viewBox="0 0 720 300" xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
        "<metadata><rdf xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>\n"
        "<defs><style type='text/css'>*{stroke-linejoin: round}</style>"
        f'<clipPath id="p1"><rect width="{n}" height="9"/></clipPath>'
        '<path id="m1" d="M0 0"/></defs>'
        '<g id="axes_1" clip-path="url(#p1)" style="fill: url(#p1)"><use xlink:href="#m1"/></g>\n'
        "</svg>\n"
    )


def stub(name, **changes):
    table = pd.DataFrame({"width": [64, 1024], "centre": [0.5, np.nan]})
    module = SimpleNamespace(
        TITLE=f"Title of {name}",
        CAPTION="A caption",
        TABLE=SimpleNamespace(
            columns=(
                SimpleNamespace(name="width", meaning="hidden units", unit="count", null=""),
                SimpleNamespace(name="centre", meaning="median", unit="s", null="no step"),
            )
        ),
        finding=lambda table: f"{len(table)} rows.",
    )
    vars(module).update(changes)
    return figure_on_page(
        module,
        name=name,
        svg=svg_of(3),
        table=table,
        command=f"snakemake --force {name}.svg",
        table_path=f"results/figures/{name}.parquet",
    )


def study(**changes):
    return load_study(changes)


@pytest.fixture(scope="module")
def step3_frames():
    points = generate_samples(root=1, n_train=6, n_test=30, target="t + sin(10 * t)")
    return fit_step3(
        points["train"],
        points["test"],
        gaussian_scale=10.0,
        laplace_scale=2.0,
        scales=[1.0, 10.0],
        activation="relu",
    )


@pytest.fixture(scope="module")
def drawn(step3_frames, tmp_path_factory):
    """Two figures as matplotlib writes them, of which many ids agree."""
    found = []
    for module, names in (
        (step3_kernels, ("points", "predictions")),
        (step3_feature_map, ("circles",)),
    ):
        name = module.__name__.rpartition(".")[2]
        table = module.summarise(**{frame: step3_frames[frame] for frame in names})
        path = tmp_path_factory.mktemp("figures") / f"{name}.svg"
        style.save(module.draw(table), path)
        svg = path.read_text()
        found.append(
            figure_on_page(
                module, name=name, svg=svg, table=table, command="c", table_path="p.parquet"
            )
        )
    return found


def step4_metrics():
    """A few numbers of step 4: one of each kind, the last beyond what its claim allows."""
    rows = [
        *(("dual_range", name, None, None, 1.0) for name in ("relu", "sin")),
        *(("dual_closed_form_error", name, None, None, 3e-15) for name in ("relu", "sin")),
        *(("nngp_deviation", "relu", k, s, 1 / k**0.5) for k in (16, 64) for s in (0, 1)),
        ("last_layer_circle_interpolation_ratio", "relu", None, None, 7.5),
        ("fourier_peak_ratio", None, None, None, 3.25),
    ]
    frame = pd.DataFrame(rows, columns=["metric", "activation", "width", "seed", "value"])
    duals = ("derivative_error", "commutation_error", "least_slope", "least_curvature")
    more = [
        {"metric": f"dual_{name}", "activation": "sin", "value": 0.125}
        for name in (*duals, "smoothness_ratio", "truncation_gap", "truncation_error")
    ]
    frame = pd.concat([frame, pd.DataFrame(more)], ignore_index=True)
    return frame.assign(experiment="step4", step=None).astype(
        {"width": "Int64", "seed": "Int32", "step": "Int64"}
    )


@pytest.fixture(scope="module")
def pages(step3_frames, drawn):
    worked = worked_numbers(step3_frames["worked"])
    real = {figure.name: figure for figure in drawn}
    commands = {"Train again": "snakemake -R train_networks"}
    metrics = step4_metrics()
    step4 = {
        "measured": metrics,
        "claims": judge("step4", metrics, slopes_table(metrics, widest=2)),
    }
    return {
        "step1": render_page(
            "step1",
            study=study(),
            figures=[stub(name) for name in STEP1],
            numbers=page_numbers("step1", {"claims": judge("step1", metrics)}),
            commands=commands,
        ),
        "index": render_page(
            "index",
            study=study(),
            figures=[stub(PAGES[name].picture) for name in PAGES],
        ),
        "step3": render_page(
            "step3",
            study=study(),
            figures=[real.get(name) or stub(name) for name in (*STEP3, *STEP2)],
            numbers={"worked": worked},
            commands=commands,
        ),
        "step4": render_page(
            "step4",
            study=study(),
            figures=[stub(name) for name in STEP4],
            numbers=page_numbers("step4", step4),
            commands=commands,
        ),
        "step5": render_page(
            "step5",
            study=study(),
            figures=[stub(name) for name in STEP5],
            numbers={"examples": example_numbers(EXAMPLE)},
            commands=commands,
        ),
        "step7": render_page(
            "step7",
            study=study(),
            figures=[stub(name) for name in STEP7],
            numbers=NUMBERS,
            commands=commands,
        ),
    }


@pytest.fixture(scope="module", params=["index", *PAGES])
def page(request, pages):
    return Checked(pages[request.param])


def test_balanced_with_unique_ids(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    for tag in ("html", "head", "body", "main", "h1", "title"):
        assert page.tags[tag] == (1 if tag != "title" else 1 + page.tags["svg"])


def test_asks_the_network_for_nothing(page, pages):
    links = page.values("href") + page.values("src") + page.values("xlink:href")
    allowed = {"data:,", "index.html", *(f"{name}.html" for name in PAGES)}
    inside = ("#", "data:application/gzip;base64,")
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


@pytest.mark.parametrize(
    "name, names",
    [
        ("step1", STEP1),
        ("step3", STEP3 + STEP2),
        ("step4", STEP4),
        ("step5", STEP5),
        ("step7", STEP7),
    ],
)
def test_figures_stand_in_the_order_of_the_text(name, names, pages):
    html = pages[name]
    places = [html.index(f'<figure id="{figure}"') for figure in names]
    assert places == sorted(places)
    found = Checked(html)
    assert found.tags["figure"] == found.tags["details"] == len(names)
    assert "snakemake -R train_networks" in found.text
    assert ("is not available" in found.text) == (name in ("step3", "step7"))
    assert found.tags["script"] == 1
    for figure in names:
        assert f'download="{figure}.csv.gz"' in html
    for figure in names[-2:]:
        assert f"snakemake --force {figure}.svg" in found.text
        assert f"results/figures/{figure}.parquet" in found.text


def test_formulas_are_mathml(pages):
    for name in PAGES:
        assert Checked(pages[name]).tags["math"] > 20
    assert Checked(pages["step7"]).tags["merror"] == 0


def test_numbers_of_the_study_are_quoted(pages):
    text = Checked(pages["step7"]).text
    for quoted in ("26.6", "0.0752", "3.2\u202f×\u202f10⁸", "8580", "0.13 of it", "32\u202f000"):
        assert quoted in text
    text = Checked(pages["step3"]).text
    assert "t + sin(10 * t)" in text


def test_sum_of_the_worked_example_is_on_the_page(pages, step3_frames):
    worked = worked_numbers(step3_frames["worked"])
    assert sum(row.term for row in worked["rows"]) == pytest.approx(worked["f"], abs=1e-12)
    samples = step3_frames["points"].query("split == 'train'")
    for row, (_, sample) in zip(worked["rows"], samples.iterrows(), strict=True):
        assert row.term == pytest.approx(row.alpha * row.kernel, abs=1e-14)
        assert (row.t, row.y) == (sample["t"], sample["y"])
    text = Checked(pages["step3"]).text
    for row in worked["rows"]:
        assert fixed(row.term, 3) in text
    assert fixed(worked["f"], 3) in text


def test_the_gram_matrix_of_the_example_is_on_the_page(pages):
    html = pages["step5"]
    sums = re.findall(r">sum</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>", html)
    assert sums == [("5", "10", "20"), ("5", "20", "84.5")]
    assert re.findall(r"The determinant is ([\d.]+?)(?::|\.<)", html) == ["0", "22.5"]


def test_same_input_same_page(pages):
    again = render_page(
        "index", study=study(), figures=[stub(PAGES[name].picture) for name in PAGES]
    )
    assert again == pages["index"]


@pytest.mark.parametrize("name", ["index", *PAGES])
def test_text_of_the_user_is_escaped(name):
    evil = "where(x_0 < 0, x_0, 1) > 2"
    figures = [] if name == "index" else [stub(PAGES[name].picture)]
    here = {"target": evil}
    changed = study(data=here, step2=here, step3=here, step4=here, step5={"targets": [evil, "t"]})
    html = render_page(name, study=changed, figures=figures)
    assert Checked(html)
    assert evil not in html
    if name not in ("index", "step1"):  # which quote no expression
        assert evil in Checked(html).text


def test_text_of_figures_is_escaped():
    bad = '"><script>alert(1)</script>&'
    table = pd.DataFrame({"width": [bad], "centre": [1.0]})
    figure = stub("step7_loss", TITLE=bad, CAPTION=bad, finding=lambda table: bad)
    figure = type(figure)(**{**vars(figure), "table": table, "command": bad, "table_path": bad})
    page = Checked(render_page("step7", study=study(), figures=[figure], commands={bad: bad}))
    assert "alert(1)" not in page.scripts
    # Title, caption, finding, cell, command and path in the text; title and caption in the SVG.
    assert page.text.count(bad) == 10


@pytest.mark.parametrize(
    "data",
    [
        {"source": "circle"},
        {"source": "sphere", "dimension": 10, "target": "x_0", "noise_std": 0.1},
        {"source": "interval", "target": ["t", "t * t", "1 + t", "2 + t", "3 + t"]},
        {"source": "file", "path": "a&b<c>.csv", "inputs": ["p", "q"], "outputs": ["<r>", "s"]},
        {"source": "digits", "outputs": 10},
        {"source": "lecture", "dimension": 5},
    ],
)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu:0.1", "erf"])
def test_every_kind_of_study_has_its_pages(data, activation):
    network = {"activation": activation, "widths": [100], "seeds": 1}
    changed = study(data=data, network=network)
    singular = NUMBERS | {"rank_ntk": 2.0, "lambda_min_ntk": 0.0, "learning_rate_bound": 1e-4}
    for numbers in ({}, singular):
        page = Checked(
            render_page("step7", study=changed, figures=[stub(n) for n in STEP7], numbers=numbers)
        )
        assert ("not below it" in page.text) == bool(numbers)
        assert ("rank 2 on 20 points" in page.text) == bool(numbers)
        assert ("positively homogeneous" in page.text) == ("relu" in activation)
        assert "1 widths" not in page.text
        assert "1 random initialisations" not in page.text
    Checked(render_page("step3", study=changed, figures=[stub(n) for n in STEP3]))


def test_the_raw_interval_is_explained_by_its_own_activation():
    changed = study(
        network={"activation": "erf"},
        variants={"interval": {"data": {"source": "interval"}, "network": {"activation": "relu"}}},
    )
    html = render_page("step7", study=changed, figures=[stub("step7_interval")])
    assert "positively homogeneous" in html


def test_sections_without_their_figure_are_left_out():
    page = Checked(render_page("step7", study=study(), pages=["step7"]))
    assert page.tags["figure"] == 0
    assert "interval" not in page.values("id")
    assert "step3.html" not in page.values("href")


def test_figures_without_a_place_are_refused():
    with pytest.raises(ValueError, match="no place for the figures step9_new"):
        render_page("step7", study=study(), figures=[stub("step7_loss"), stub("step9_new")])


def test_unknown_page_is_refused():
    with pytest.raises(ValueError, match=f"template must be index or one of {', '.join(PAGES)}"):
        render_page("../secrets", study=study())


def test_sliders_stand_above_the_drawing_that_they_move():
    place = Frame(np.array([0.0, 1.0]), np.array([1.0, 3.0]), "#123456")
    scene = Moving(
        [Slider("width </script>", ["2⁶", "2¹⁰"], 1)],
        [Panel("a", (0, 1), (1, 3))],
        [Part("line", "a", (0,), {(0,): place, (1,): place})],
        [Words((0,), {(0,): "narrow", (1,): "wide </script>"})],
    )
    figure = stub("step7_loss", moving=lambda table: scene)
    page = Checked(render_page("step7", study=study(), figures=[figure]))
    (slider,) = [attrs for tag, attrs, _ in page.attributes if tag == "input"]
    assert (slider["min"], slider["max"], slider["value"]) == ("0", "1", "1")
    assert "wide </script>" in page.text
    # The data of the figure, then the two scripts of the page.
    assert page.tags["script"] == 3
    (data,) = [text for where, text in page.texts if where[-2:] == ("figure", "script")]
    assert json.loads(data) == scene.for_script()
    overview = Checked(render_page("index", study=study(), figures=[stub("step7_convergence")]))
    assert overview.tags["script"] == 0


def test_the_download_is_the_table():
    table = pd.DataFrame({"name": ["a,b", 'c"d'], "value": [1 / 3, np.nan], "n": [1, None]})
    table = table.astype({"n": "Int64"})
    link = csv_link(table)
    text = gzip.decompress(base64.b64decode(link.partition(",")[2])).decode()
    assert text == 'name,value,n\n"a,b",0.333333,1\n"c""d",,\n'
    assert csv_link(table.copy()) == link


def test_a_page_carries_no_table_that_is_too_long():
    rows = pd.DataFrame({"width": np.arange(MOST_CSV_ROWS + 1), "centre": 0.5})
    assert csv_link(rows) is None
    figure = stub("step7_loss")
    figure = type(figure)(**{**vars(figure), "table": rows})
    html = render_page("step7", study=study(), figures=[figure])
    assert "download=" not in html
    assert "results/figures/step7_loss.parquet" in html


def test_long_tables_are_shortened_and_say_where_the_rest_is():
    figure = stub("step7_loss")
    table = pd.DataFrame({"width": range(1000), "centre": np.linspace(0, 1, 1000)})
    figure = type(figure)(**{**vars(figure), "table": table})
    page = Checked(render_page("step7", study=study(), figures=[figure]))
    assert page.tags["tr"] == 25
    assert "24 of 1000 rows" in page.text


@pytest.mark.parametrize("n, most, kept", [(0, 5, 0), (5, 5, 5), (6, 5, 5), (1000, 24, 24)])
def test_shortened(n, most, kept):
    rows = shortened(pd.DataFrame({"a": range(n)}), most)["a"].tolist()
    assert len(rows) == kept
    assert rows == sorted(set(rows))
    assert (rows[:1], rows[-1:]) == ([0], [n - 1]) if n else rows == []


def test_two_figures_share_no_id_and_lose_nothing(drawn):
    ids = []
    for figure in drawn:
        inlined = inline_svg(figure.svg, prefix=figure.name, title="t", description="d")
        before = ElementTree.fromstring(figure.svg.encode())
        after = ElementTree.fromstring(inlined)
        kept = [e.tag for e in before.iter() if "metadata" not in e.tag and "svg}" in e.tag]
        assert Counter(kept) <= Counter(e.tag for e in after.iter())
        paths = [[e.get("d") for e in tree.iter() if "d" in e.attrib] for tree in (before, after)]
        assert paths[0] == paths[1]
        own = [e.get("id") for e in after.iter() if "id" in e.attrib]
        ids += own
        referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', inlined))
        assert referred <= set(own)
        assert "metadata" not in inlined
        assert "<?xml" not in inlined
    assert len(ids) == len(set(ids))


def test_style_of_a_figure_stays_inside_it():
    inlined = inline_svg(svg_of(1), prefix="a", title="t", description="d")
    assert "#a-svg * {stroke-linejoin: round}" in inlined
    assert not re.search(r">\s*\*", inlined)


def test_viewbox_is_made_from_the_size():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="72.5pt" height="30"><g/></svg>'
    assert 'viewBox="0 0 72.5 30"' in inline_svg(svg, prefix="a", title="t", description="d")


@pytest.mark.parametrize(
    "svg, match",
    [
        ("not svg", "must be the text of an SVG file"),
        ("<html></html>", "root element html"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "width is missing"),
    ],
)
def test_what_is_no_svg_is_refused(svg, match):
    with pytest.raises(ValueError, match=match):
        inline_svg(svg, prefix="a", title="t", description="d")


@pytest.mark.parametrize(
    "value, text",
    [
        (np.int32(12345), "12\u202f345"),
        (0.123456, "0.1235"),
        (np.nan, "–"),
        (None, "–"),
        (pd.NA, "–"),
        (pd.NaT, "–"),
        (True, "yes"),
        (np.False_, "no"),
        ("relu", "relu"),
        (np.array([1.0, 2.0]), "[1, 2]"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, …]"),
    ],
)
def test_cell(value, text):
    assert cell(value) == text


def test_formulas_in_the_text_of_a_template():
    extension = Formulas.__new__(Formulas)
    source = r"a \(x < y\) b \[ z^2 \] (c) [d] {{ e }}"
    html = extension.preprocess(source, "name")
    assert html.startswith("a <math")
    assert html.endswith("(c) [d] {{ e }}")
    assert html.count("<math") == 2
    assert 'display="inline"' in html
    assert 'display="block"' in html
    glued = extension.preprocess(r"(as \(k\)), so", "name")
    assert re.fullmatch(r'\(as <span class="unbroken"><math.*</math>\),</span> so', glued)
    root = ElementTree.fromstring(formula("x < y"))
    assert "".join(root.itertext()) == "x<y"


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
    text = re.sub(r"\s+", "", Checked(pages["step4"]).text)
    assert "interpolationfromk/n=7.5on" in text
    rows = re.findall(r"<code>(\w+)</code></th>(.*?)</tr>", pages["step4"])
    found = {metric: re.findall(r"<td>(.*?)</td>", cells) for metric, cells in rows}
    assert found["dual_closed_form_error"] == ["3\u202f×\u202f10⁻¹⁵"] * 2 + ["", "", "10⁻¹²", "yes"]
    interval = found["nngp_deviation"].pop(2)
    assert found["nngp_deviation"] == ["−0.5", "−0.5", "−0.6", "−0.4", "yes"]
    low, high = (float(end.replace("−", "-")) for end in interval.split(" to "))
    assert low <= -0.5 <= high
    assert found["fourier_peak_ratio"] == ["3.25", "3.25", "", "0.95", "1.05", "no"]
    assert found["fourier_deviation"] == ["–", "–", "", "−0.6", "−0.4", "not measured"]


def test_step4_explains_the_circle_for_relu_alone():
    pages = {
        phi: render_page(
            "step4",
            study=study(step4={"activation": phi}),
            figures=[stub("step4_double_descent")],
        )
        for phi in ("relu", "erf")
    }
    assert "ways to cut" in pages["relu"]
    assert "ways to cut" not in pages["erf"]
    assert "step4_duals" not in pages["erf"]


def test_a_bias_is_spoken_of():
    plain = Checked(render_page("step7", study=study())).text
    assert "no biases" in plain
    assert "coordinate of 1" not in plain
    biased = Checked(render_page("step7", study=study(data={"bias": True}))).text
    assert "biases in the hidden layer alone" in biased
    assert "off the unit sphere" in biased


def test_sections_of_other_studies_stand_where_their_figure_is():
    beyond = {"activations": ["gelu"], "dimensions": [3], "target": "x_0 + 7 * x_2", "seeds": 4}
    lecture = pd.DataFrame(
        {
            "quantity": ["ntk_bias", "network_vs_ntk", "network_vs_ntk"],
            "width": [pd.NA, 16_000, 64],
            "value": [0.4843746, 0.00101, 0.5],
            "lower": [np.nan, 0.0007, 0.1],
            "upper": [np.nan, 0.0013, 0.9],
            "seeds": [pd.NA, 9, 9],
            "published": [0.4843746, 0.0011547, np.nan],
        }
    )
    figures = [stub("step7_beyond"), stub("step7_digits")]
    figures.append(type(figures[0])(**{**vars(stub("step7_lecture")), "table": lecture}))
    figures[-1] = type(figures[0])(**{**vars(figures[-1]), "columns": ()})
    page = Checked(render_page("step7", study=study(beyond=beyond), figures=figures))
    assert {"beyond", "digits", "lecture"} <= set(page.values("id"))
    assert "x_0 + 7 * x_2" in page.text
    assert "4 initialisations each" in page.text
    assert page.text.count("0.484375") == 2
    for quoted in ("0.00115", "0.00101", "9 initialisations", "0.0007"):
        assert quoted in page.text
    assert not re.search(r"\bnan\b", page.text)


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
    html = render_page(page, study=load_study({"data": data}), origin=origin)
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") >= 6
