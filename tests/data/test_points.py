import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.preprocessing import StandardScaler, normalize

from widelimit.data.points import (
    from_table,
    generate_data,
    generate_samples,
    make_points,
    read_points,
    to_table,
)
from widelimit.tables.files import read_table, write_table

PLAIN = {
    "source": "lift",
    "design": "uniform",
    "dimension": 2,
    "n_train": 20,
    "n_test": 7,
    "targets": ["t + sin(10 * t)"],
    "noise_std": 0.0,
}


def make(root=0, **changes):
    return generate_data(root=root, **{**PLAIN, **changes})


def test_the_target_is_that_of_the_points():
    for part in make().values():
        np.testing.assert_allclose(part.y[:, 0], part.t + np.sin(10 * part.t), rtol=1e-14)
        np.testing.assert_array_equal(part.X[:, 0], part.t)


def test_noise_is_on_training_targets_alone_and_has_its_size():
    clean, noisy = make(n_train=5000), make(n_train=5000, noise_std=0.3)
    noise = noisy["train"].y - clean["train"].y
    assert abs(noise.std() - 0.3) < 5 * 0.3 / np.sqrt(2 * 5000)
    np.testing.assert_array_equal(noisy["test"].y, clean["test"].y)
    np.testing.assert_array_equal(noisy["train"].X, clean["train"].X)


def test_several_outputs_may_share_a_target_and_have_noise_of_their_own():
    y = make(targets=["x_0", "x_1 ** 2"])["test"].y
    np.testing.assert_allclose(y[:, 0] ** 2 + y[:, 1], 1, rtol=1e-14)
    same = make(targets=["x_0"] * 2, noise_std=1.0)["train"].y
    assert (same[:, 0] != same[:, 1]).all()


def test_the_root_decides():
    np.testing.assert_array_equal(make(root=3)["train"].X, make(root=3)["train"].X)
    assert (make(root=3)["train"].X[:, 0] != make(root=4)["train"].X[:, 0]).all()


def test_more_training_points_keep_the_first():
    np.testing.assert_array_equal(make(n_train=30)["train"].X[:20], make()["train"].X)


def test_training_and_test_points_of_a_sphere_differ():
    parts = make(source="sphere", dimension=5, targets=["x_4"], n_test=20)
    assert not np.intersect1d(parts["train"].X, parts["test"].X).size


SIZES = {"n_train": 8, "n_test": 4, "noise_std": 0.0}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_points_of_ones_own_are_normalised_and_drawn_once(tmp_path, suffix):
    path = str(tmp_path / f"mine.{suffix}")
    frame = pd.DataFrame({"b": np.arange(1, 13), "a": 2.0, "label": np.arange(12) * 10})
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    columns = {"inputs": ["a", "b"], "outputs": ["label"]}
    parts = read_points(path, root=0, n_train=8, n_test=4, noise_std=0.0, **columns)
    y = np.concatenate([parts["train"].y, parts["test"].y])[:, 0]
    X = np.concatenate([parts["train"].X, parts["test"].X])
    assert sorted(y) == list(range(0, 120, 10))
    np.testing.assert_allclose(X[:, 1] / X[:, 0], (y / 10 + 1) / 2, rtol=1e-14)
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 1, rtol=1e-15)


@pytest.mark.parametrize("changes", [{}, {"source": "sphere", "targets": ["x_0", "x_1"]}])
def test_the_table_gives_back_the_points(tmp_path, changes):
    parts = make(**changes)
    write_table(tmp_path / "data.parquet", *to_table(parts))
    back = from_table(read_table(tmp_path / "data.parquet"))
    for split, part in parts.items():
        np.testing.assert_array_equal(back[split].X, part.X)
        np.testing.assert_array_equal(back[split].y, part.y)
        assert (back[split].t is None) == (part.t is None)


def test_more_than_ten_coordinates_keep_their_order(tmp_path):
    parts = make(source="sphere", dimension=12, targets=["x_11"])
    write_table(tmp_path / "data.parquet", *to_table(parts))
    back = from_table(read_table(tmp_path / "data.parquet"))
    np.testing.assert_array_equal(back["train"].X, parts["train"].X)


def test_samples_leave_no_wide_gap():
    for root in range(20):
        t = generate_samples(root=root, n_train=10, n_test=3, target="t")["train"].t
        assert (np.diff(t) > 0).all()
        assert np.diff(t).max() <= 0.4


@pytest.mark.parametrize("source", ["lift", "interval", "sphere"])
def test_a_bias_is_a_last_coordinate_of_one_and_changes_nothing_else(source):
    changes = {"source": source, "targets": ["x_0"]}
    plain = make(**changes)
    for split, part in make_points(root=0, bias=True, **{**PLAIN, **changes}).items():
        np.testing.assert_array_equal(part.X[:, :-1], plain[split].X)
        np.testing.assert_array_equal(part.X[:, -1], 1)
        np.testing.assert_array_equal(part.y, plain[split].y)
        np.testing.assert_array_equal(part.t, plain[split].t)


def test_columns_are_standardised_over_the_training_points_before_rows_are_scaled(tmp_path):
    rng, path = np.random.default_rng(0), str(tmp_path / "mine.csv")
    columns = {"inputs": ["a", "b"], "outputs": ["c"]}
    frame = pd.DataFrame(rng.normal(size=(12, 3)) * [1, 1e4, 1] + [0, 7e4, 0], columns=list("abc"))
    frame.to_csv(path, index=False)

    def read(**changes):
        return read_points(path, root=0, **{**SIZES, **columns, "standardise": True, **changes})

    raw, parts = read(standardise=False), read()
    # Without it one column decides every direction.
    assert (raw["train"].X[:, 1] > 0.9999).all()
    # By scikit-learn; rows are found again by their targets.
    rows = {
        split: frame.set_index("c").loc[part.y[:, 0]].to_numpy() for split, part in parts.items()
    }
    scaler = StandardScaler().fit(rows["train"])
    for split, part in parts.items():
        expected = normalize(scaler.transform(rows[split]))
        np.testing.assert_allclose(part.X, expected, rtol=1e-9, atol=1e-12)
    frame.assign(b=3.0).to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"column 'b' is the same at all 8 training points"):
        read()


def test_columns_of_one_name_and_an_index_of_pandas(tmp_path):
    path = tmp_path / "mine.parquet"
    columns = {"inputs": ["a", "b"], "outputs": ["c"], "n_train": 4, "n_test": 2, "noise_std": 0.0}
    good = pd.DataFrame({"a": np.arange(1.0, 9), "b": np.arange(8) % 3, "c": np.arange(8.0)})
    good.set_index("a").to_parquet(path)
    read_points(str(path), root=0, **columns)
    twice = pa.Table.from_arrays([pa.array(good[name]) for name in "abbc"], names=list("abbc"))
    pq.write_table(twice, path)
    with pytest.raises(ValueError, match=r"mine.parquet: column 'b' is there 2 times"):
        read_points(str(path), root=0, **columns)
