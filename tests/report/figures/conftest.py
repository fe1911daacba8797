"""A made-up study with plausible numbers, and checks that every figure must pass."""

import inspect
import itertools
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from widelimit.kernels import gram as kernels
from widelimit.measure import slopes as summaries
from widelimit.report.figures import style
from widelimit.tables import files as tables
from widelimit.tables import schemas

# Root mean square distance of network and NTK prediction, by width (log2) and step (log10).
_LOG_WIDTH = np.array([6, 10, 14, 16, 18, 20])
_RMSE = np.array(
    [
        [0.043, 0.045, 0.205, 0.662, 0.865],
        [0.0139, 0.0134, 0.104, 0.374, 0.619],
        [0.0021, 0.0033, 0.033, 0.207, 0.405],
        [0.0019, 0.0021, 0.0155, 0.078, 0.212],
        [0.0010, 0.0013, 0.0070, 0.038, 0.088],
        [0.0003, 0.0009, 0.0033, 0.015, 0.023],
    ]
)


def _rmse(width, step):
    column = np.array([np.interp(np.log2(width), _LOG_WIDTH, np.log(c)) for c in _RMSE.T])
    below = -0.5 * min(np.log2(width) - _LOG_WIDTH[0], 0) * np.log(2)
    return float(np.exp(np.interp(np.log10(max(step, 1)), [1, 2, 3, 4, 5], column) + below))


def _frame(rows, table):
    frame = pd.DataFrame(rows, columns=[column.name for column in table.columns])
    nullable = {"width": "Int64", "step": "Int64", "seed": "Int32", "index": "Int32"}
    nullable |= {"output": "Int16", "rank": "Int32"}
    return frame.astype({name: kind for name, kind in nullable.items() if name in frame})


def _data(dimension, n_train, n_test, rng):
    parts = []
    for split, n in (("train", n_train), ("test", n_test)):
        if dimension > 2:
            t, X = np.full(n, np.nan), rng.standard_normal((n, dimension))
            X /= np.linalg.norm(X, axis=1, keepdims=True)
            y = X[:, 0] + np.sin(3 * X[:, 1])
        else:
            t = rng.uniform(-1, 1, n) if split == "train" else np.linspace(-1, 1, n)
            X = t[:, None] if dimension == 1 else np.stack([t, np.sqrt(1 - t**2)], axis=1)
            y = t + np.sin(10 * t)
        inputs = {f"x_{i}": X[:, i] for i in range(dimension)}
        parts.append(
            pd.DataFrame({"split": split, "index": np.arange(n), "t": t, **inputs, "y_0": y})
        )
    return pd.concat(parts, ignore_index=True).astype({"index": "Int32"})


def make_study(
    widths=(2**6, 2**8, 2**10, 2**14, 2**20),
    seeds=3,
    steps=(0, 1, 10, 100, 1000, 10_000, 100_000),
    dimension=2,
    n_train=20,
    n_test=60,
):
    """Frames like those of a study by the names of its tables; dimension 1 is the raw interval."""
    rng = np.random.default_rng(1)
    data = _data(dimension, n_train, n_test, rng)
    X, Z = (
        data[data["split"] == s].filter(regex="^x_").to_numpy(copy=True) for s in ("train", "test")
    )
    y = data.loc[data["split"] == "train", "y_0"].to_numpy()
    norms = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(X, axis=1))
    cross = np.outer(np.linalg.norm(Z, axis=1), np.linalg.norm(X, axis=1))
    unit = [P / np.linalg.norm(P, axis=1, keepdims=True) for P in (X, Z)]
    kernel_rows, theory, predictions, metrics = [], [], [], []
    K, Kz = kernels.ntk_gram(unit[0]) * norms, kernels.ntk_gram(unit[1], unit[0]) * cross
    for name, gram in (("ntk", K), ("nngp", kernels.nngp_gram(unit[0]) * norms)):
        values = np.maximum(np.linalg.eigvalsh(gram)[::-1], 0)
        rank = int(np.sum(values > 1e-12 * values[0]))
        smallest = values[-1]
        condition = values[0] / smallest if smallest else np.inf
        row = [name, "relu", gram.ravel(), Kz.ravel(), np.full(n_test, 2.0), values]
        kernel_rows.append([*row, values[0], smallest, condition, rank, 1e-12])
    eigenvalues, U = np.linalg.eigh(K)
    eigenvalues = np.maximum(eigenvalues, 0)
    target = data.loc[data["split"] == "test", "y_0"].to_numpy()
    phase = np.linspace(0, 3, n_test)

    def metric(name, value, width=None, seed=None, step=None):
        metrics.append(["step7", "relu", width, seed, step, name, value])

    def predict(model, f, width=None, seed=None, step=None):
        for i, value in enumerate(f):
            predictions.append([model, "relu", width, seed, step, i, 0, value])

    kept = eigenvalues > 1e-12 * eigenvalues[-1]
    metric("least_loss_ntk", 0.5 * np.sum((U[:, ~kept].T @ y) ** 2))
    for step in steps:
        decay = (1 - 1e-2 * eigenvalues) ** step
        gain = np.where(kept, (1 - decay) / np.where(kept, eigenvalues, 1), 0)
        mean = Kz @ U @ (gain * (U.T @ y))
        std = 0.05 + 0.02 * np.cos(phase)
        residual = 0.5 * np.sum((decay * (U.T @ y)) ** 2)
        for i in range(n_test):
            theory.append(["ntk", "relu", step, i, 0, mean[i], std[i]])
            theory.append(["nngp", "relu", step, i, 0, 0.9 * mean[i], None])
        predict("ntk", mean, step=step)
        metric("test_rmse_ntk", np.sqrt(np.mean((mean - target) ** 2)), step=step)
        for width in widths:
            distance = _rmse(width, step) if step else 0.0
            networks = []
            for seed in range(seeds):
                scatter = np.exp(0.2 * rng.standard_normal())
                wave = np.sin(4 * phase + rng.uniform(0, 6))
                # A raw network is odd and even parts of |t|: it has no other shape to be off by.
                wave = wave if dimension > 1 else np.abs(Z[:, 0])
                f = mean - distance * np.sin(5 * phase) * (dimension > 1)
                f = f + std * rng.standard_normal() * wave
                networks.append(f)
                here = {"width": width, "seed": seed, "step": step}
                predict("network", f, **here)
                metric("train_loss", residual * scatter * (1 + 3 * distance), **here)
                metric("train_loss_ntk", residual * scatter, **here)
                metric("rmse_network_vs_ntk", distance * scatter, **here)
                metric("rmse_network_vs_empirical_ntk", 0.6 * distance * scatter, **here)
                metric("rmse_last_layer_vs_nngp", 0.3 * distance * scatter, **here)
                metric("weight_movement", (step / 1e5) ** 0.3 * scatter / np.sqrt(width), **here)
            F = np.array(networks)
            here = {"width": width, "step": step}
            metric("ensemble_bias_squared", np.mean((F.mean(axis=0) - mean) ** 2), **here)
            metric("ensemble_variance", np.mean(F.var(axis=0)), **here)
    for width, seed in itertools.product(widths, range(seeds)):
        scatter = np.exp(0.2 * rng.standard_normal(2))
        metric("ntk_deviation", scatter[0] * 2 / np.sqrt(width), width, seed)
        metric("ntk_drift", scatter[1] * 9 / np.sqrt(width), width, seed)
    # Losses are kept far more often than predictions.
    for step in np.unique(np.geomspace(1, max(steps), 12).astype(int)):
        decay = (1 - 1e-2 * eigenvalues) ** int(step)
        residual = 0.5 * np.sum((decay * (U.T @ y)) ** 2)
        for width, seed in itertools.product(widths, range(seeds)):
            if step not in steps:
                metric("train_loss", residual * (1 + 3 * _rmse(width, step)), width, seed, step)
                metric("train_loss_ntk", residual, width, seed, step)
    found = _frame(metrics, schemas.METRICS)
    return {
        "data": data,
        "kernels": _frame(kernel_rows, schemas.KERNELS),
        "theory": _frame(theory, schemas.THEORY),
        "predictions": _frame(predictions, schemas.PREDICTIONS),
        "metrics": found,
        "slopes": summaries.slopes_table(found),
    }


def with_variant(study, variant):
    """A study whose metrics and slopes hold those of its variant, the interval, too."""
    other = variant["metrics"].assign(experiment="interval")
    both = pd.concat([study["metrics"], other], ignore_index=True)
    named = {f"interval_{name}": frame for name, frame in variant.items()}
    own = {"interval_metrics": other, "metrics": both, "slopes": summaries.slopes_table(both)}
    return study | named | own


SMALLEST = {"widths": (64,), "seeds": 1, "steps": (0, 10), "n_train": 5, "n_test": 12}


@pytest.fixture(scope="session")
def full():
    return with_variant(make_study(), make_study(dimension=1))


@pytest.fixture(scope="session")
def smallest():
    return with_variant(make_study(**SMALLEST), make_study(**SMALLEST, dimension=1))


@pytest.fixture(scope="session")
def diverged():
    """Gradient descent has left the range of numbers before its last step."""
    study = make_study(steps=(0, 1, 10, 100))
    study["predictions"].loc[study["predictions"]["step"] == 100, "f"] = np.nan
    study["theory"].loc[study["theory"]["step"] == 100, ["mean", "std"]] = np.nan
    study["metrics"] = study["metrics"][study["metrics"]["step"].fillna(0) < 100]
    return with_variant(study, study)


@pytest.fixture(scope="session")
def sphere():
    study = make_study(dimension=4, widths=(64, 256), steps=(0, 10, 100))
    return with_variant(study, make_study(dimension=1, widths=(64, 256), steps=(0, 10, 100)))


def take(module, study, **options):
    """summarise of the module with those frames of the study that it asks for."""
    wanted = inspect.signature(module.summarise).parameters
    return module.summarise(**{name: study[name] for name in wanted if name in study}, **options)


def check_table(module, table, path):
    """The table holds exactly what TABLE says, and drawing it after a round trip is the same."""
    tables.write_table(path, table, module.TABLE.schema())
    again = tables.read_table(path)
    assert list(again.columns) == [column.name for column in module.TABLE.columns]
    return again


def texts_of(figure):
    """The texts of the figure that are drawn, tick labels included, with their boxes in pixels."""
    figure.draw_without_rendering()
    drawn = set()
    every_axis = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    for axis in every_axis:
        low, high = sorted(axis.get_view_interval())
        for minor in (False, True):
            labels = axis.get_ticklabels(minor=minor)
            pairs = zip(axis.get_ticklocs(minor=minor), labels, strict=False)
            drawn |= {label for at, label in pairs if low <= at <= high}
    # Ticks out of view keep a text that is not drawn; looking at them can make new ones.
    ticks = [tick for axis in every_axis for tick in (*axis.majorTicks, *axis.minorTicks)]
    ticks = {label for tick in ticks for label in (tick.label1, tick.label2)}
    shown = [
        # Of an annotation the text alone, without its hairline.
        (text, Text.get_window_extent(text))
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible() and (text not in ticks or text in drawn)
    ]
    return [(t, box) for t, box in shown if t.axes is None or (t.axes.axison or t not in ticks)]


def check_layout(figure):
    """All texts lie on the canvas, and no two of them overlap."""
    with style.context():
        shown = texts_of(figure)
    canvas = figure.bbox
    for text, box in shown:
        inside = (
            box.x0 >= canvas.x0 - 0.5
            and box.y0 >= canvas.y0 - 0.5
            and box.x1 <= canvas.x1 + 0.5
            and box.y1 <= canvas.y1 + 0.5
        )
        assert inside, f"{text.get_text()!r} leaves the canvas: {box}"
    for (a, one), (b, two) in itertools.combinations(shown, 2):
        wide = min(one.x1, two.x1) - max(one.x0, two.x0)
        high = min(one.y1, two.y1) - max(one.y0, two.y0)
        # Boxes hold the line's full ascent: two pixels of touching are not seen.
        assert wide < 1 or high < 2, f"{a.get_text()!r} and {b.get_text()!r} overlap"


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def figures():
    tools = (make_study, with_variant, take, check_table, check_layout, texts_of)
    return SimpleNamespace(**{tool.__name__: tool for tool in tools})
