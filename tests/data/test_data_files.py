"""A file of the user's own is read as it is written, or refused with the place that is wrong."""

import bz2
import csv
import datetime
import decimal
import gzip
import lzma
import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from widelimit.data.files import read_columns

RANDOM_TABLES = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1)
)
WRITERS = st.fixed_dictionaries(
    {
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC, csv.QUOTE_ALL]),
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


def write_csv(path, rows, **options):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, **options).writerows(rows)
    return str(path)


def names_of(table):
    return [f"c{i}" for i in range(len(table[0]))]


@RANDOM_TABLES
@given(table=TABLES, options=WRITERS)
def test_numbers_in_csv_are_read_as_written(folder, table, options):
    path = write_csv(folder / "a.csv", [names_of(table), *table], **options)
    read = read_columns(path, names_of(table)[::-1])
    np.testing.assert_array_equal(read.values, np.array(table, dtype=float)[:, ::-1])


@RANDOM_TABLES
@given(table=TABLES, row=st.integers(0), change=st.sampled_from([-1, 1, 2]))
def test_a_row_of_another_length_is_refused_with_its_line(folder, table, row, change):
    """Wherever in the file: the header and all other rows agree."""
    row %= len(table)
    if len(table[0]) + change < 1:
        change = 1
    rows = [list(values) for values in table]
    rows[row] = (rows[row] + [7, 7])[: len(table[0]) + change]
    path = write_csv(folder / "b.csv", [names_of(table), *rows])
    with pytest.raises(ValueError, match=rf"b\.csv: .*: line {row + 2} has {len(rows[row])} value"):
        read_columns(path, ["c0"])


@RANDOM_TABLES
@given(
    table=TABLES,
    row=st.integers(0),
    column=st.integers(0),
    word=st.sampled_from(["x", "1,5", "1 000", "--3", "1.2.3", "true?", "'4'", "€5", "12%"]),
)
def test_a_word_among_numbers_is_refused_with_its_line(folder, table, row, column, word):
    row, column = row % len(table), column % len(table[0])
    rows = [list(values) for values in table]
    rows[row][column] = word
    path = write_csv(folder / "c.csv", [names_of(table), *rows])
    with pytest.raises(ValueError, match=rf"column 'c{column}' must be numeric") as raised:
        read_columns(path, names_of(table))
    assert f"in line {row + 2}" in str(raised.value)


@pytest.mark.parametrize(
    "text, words",
    [
        ("a,b\n1,2\n\n\n3,\n", r"column 'b' must be finite; 1 value is not, the first in line 5"),
        ('a,b\n"1",2\n"3","nan"\n', r"column 'b' must be finite"),
        ("a,b,a\n1,2,3\n", r"column 'a' is there 2 times"),
        ("a,b\n", r"it has a header and no rows"),
        ("a;b\n1;2\n", r"no column 'a'; its columns are 'a;b'; put commas between values"),
        ("a\tb\n1\t2\n", r"put commas between values"),
        ("a, b\n1,2\n", r"no column 'b'; its columns are 'a', ' b'; did you mean ' b'\?"),
        ('a,b\n1,"2,5"\n3,4\n', r"such as '2,5' in line 2; write decimals with a point"),
        ("a,b\n1,2020-01-01\n", r"it holds date32\[day\], such as '2020-01-01' in line 2"),
        ("a,b\n1,true\n", r"it holds bool, such as 'True' in line 2"),
        ("a,b\n1,\n", r"column 'b' must be numeric; it has no values"),
        ('a,b,z\n1,2,"x\ny"\n3,-inf,k\n', r"column 'b' must be finite; .* in line 4"),
        ("", r"cannot be read as CSV or Parquet"),
        ("a|b\n1|2\n", r"put commas between values"),
        ("a,B\n1,2\n", r"no column 'b'; .*; did you mean 'B'\?"),
        ("sep=,\na,b\n1,2\n", r"no column 'a'; its columns are 'sep=', ''"),
        ("# mine\na,b\n1,2\n", r"line 2 has 2 values, and the header 1 name$"),
        ("a,b\n1,2\n \n3,4\n", r"line 3 has 1 value, and the header 2 names"),
        ("a,b\n1,2\n,\n", r"column 'a' must be finite; 1 value is not, the first in line 3"),
        ("a,b\n1,2\nNA,3\n", r"column 'a' must be finite; 1 value is not, the first in line 3"),
        ('a,b\n"1,000",2\n', r"such as '1,000' in line 2; .* and nothing between thousands"),
        ("a,b\n\u22121,2\n", r"such as '\u22121' in line 2"),
        ("a,b\n1e999,2\n", r"column 'a' must be finite"),
        ("m,s\n1,2\n", r"no column 'a'; its columns are 'm', 's'$"),
        ("a,b\nm,s\n1,2\n", r"column 'a' must be numeric; it holds string, such as 'm' in line 2"),
        ("a,b\n1,2\na,b\n3,4\n", r"such as 'a' in line 3"),
        ('a,b\n1,"2\n3,4\n', r"column 'b' must be numeric"),
        ("a,b\n<<<<<<< HEAD\n1,2\n=======\n", r"line 2 has 1 value, and the header 2 names"),
        ("a,b\n1,2\0\n", r"column 'b' must be numeric"),
    ],
)
def test_a_csv_file_is_refused_for_what_is_wrong(folder, text, words):
    (folder / "d.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"d\.csv: .*{words}"):
        read_columns(str(folder / "d.csv"), ["a", "b"])


COMPRESSED = [compress(b"a,b\n1,2\n") for compress in (bz2.compress, lzma.compress)]
COMPRESSED += [pa.Codec("zstd").compress(b"a,b\n1,2\n").to_pybytes()]
# Without the time, which pytest-xdist would find in the names of one process's tests alone.
COMPRESSED += [gzip.compress(b"a,b\n1,2\n", mtime=0)]


@pytest.mark.parametrize(
    "content, words",
    [
        *(("größe,b\n1,2\n".encode(name), "save it as UTF-8") for name in ("utf-16", "latin-1")),
        *(("a,größe\n1,2\n".encode(name), "save it as UTF-8") for name in ("utf-16-le", "utf-32")),
        (b"PK\x03\x04\x14\0\x06\0", "a spreadsheet or another archive; save it as CSV"),
        *((content, "it is compressed") for content in COMPRESSED),
        (b"ARROW1\0\0" + bytes(99), "an Arrow or Feather file"),
        (b"FEA1" + bytes(99), "an old Feather file"),
        (b"PARE" + (1234).to_bytes(4, "little") + bytes(range(99)), "an encrypted Parquet file"),
        (b"SQLite format 3\0" + bytes(99), "a database"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_what_is_no_csv_file_is_named(folder, content, words):
    (folder / "e.csv").write_bytes(content)
    with pytest.raises(ValueError, match=rf"e\.csv: cannot be read as CSV or Parquet: .*{words}"):
        read_columns(str(folder / "e.csv"), ["a", "b"])


@pytest.mark.parametrize(
    "name", ["FEA1", "PARENT_INCOME", "PARE", "ARROW", "ARROW1", "BZh", "BZh9", "SQLi", "%PDF"]
)
def test_a_name_that_begins_like_another_kind_of_file_is_a_name(folder, name):
    path = write_csv(folder / "n.csv", [[name], [1.5]])
    assert read_columns(path, [name]).values.tolist() == [[1.5]]


def test_a_compressed_csv_file_is_read_and_its_lines_are_counted(folder):
    path = folder / "h.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n3,4\n"))
    assert read_columns(str(path), ["b"]).values.tolist() == [[2.0], [4.0]]
    path.write_bytes(gzip.compress(b"a,b\n1,2\n3,nan\n"))
    with pytest.raises(ValueError, match="the first in line 3"):
        read_columns(str(path), ["b"])


@pytest.mark.parametrize("name", ["i.PARQUET", "i.parq", "i.csv", "i"])
def test_parquet_is_known_by_its_first_bytes(folder, name):
    pq.write_table(pa.table({"a": [1.0, None]}), folder / name)
    with pytest.raises(ValueError, match="the first in row 2"):
        read_columns(str(folder / name), ["a"])


def test_a_page_of_parquet_that_carries_a_checksum_is_checked(folder):
    path = folder / "j.parquet"
    pq.write_table(pa.table({"a": np.arange(9.0)}), path, write_page_checksum=True)
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"j\.parquet: cannot be read .*(CRC|corrupt)"):
        read_columns(str(path), ["a"])


@pytest.mark.parametrize("name", ["größe", "a b", "a%b#c", "it's", "日本", "$x;y", "-x", "[a]*?"])
def test_a_file_may_have_any_name(folder, name):
    (folder / f"{name}.csv").write_text("a\n1\n")
    assert read_columns(str(folder / f"{name}.csv"), ["a"]).values.tolist() == [[1.0]]


def test_what_is_no_file_is_said(folder):
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "pipe")
    words = {"": "it is a folder", "loop": "no such file", "pipe": "no such file"}
    words |= {"x" * 300: "cannot be read: File name too long", "~/x.csv": "no such file"}
    for name, reason in words.items():
        with pytest.raises(ValueError, match=reason):
            read_columns(str(folder / name), ["a"])


def test_utf8_with_a_mark_and_names_of_any_letters(folder):
    (folder / "f.csv").write_text("größe,b\n1,2\n", encoding="utf-8-sig")
    assert read_columns(str(folder / "f.csv"), ["größe"]).values.tolist() == [[1.0]]


ARROW = {
    "whole": (pa.array([1, 2], pa.uint8()), [1, 2]),
    "half": (pa.array(np.array([0.5, 2], np.float16)), [0.5, 2]),
    "decimal": (pa.array([decimal.Decimal("1.5")] * 2, pa.decimal128(5, 2)), [1.5, 1.5]),
    "dictionary": (pa.array([3.0, 4.0]).dictionary_encode(), [3, 4]),
}


@pytest.mark.parametrize("column, values", ARROW.values(), ids=ARROW)
def test_every_kind_of_number_in_parquet_is_read(folder, column, values):
    pq.write_table(pa.table({"a": column}), folder / "g.parquet")
    assert read_columns(str(folder / "g.parquet"), ["a"]).values[:, 0].tolist() == values


@RANDOM_TABLES
@given(
    digits=st.integers(-(10**30), 10**30),
    scale=st.integers(0, 35),
    bits=st.sampled_from([128, 256]),
)
@example(digits=15, scale=1, bits=256)
def test_decimals_are_read_as_the_nearest_number(folder, digits, scale, bits):
    kind = pa.decimal128(38, scale) if bits == 128 else pa.decimal256(70, scale)
    values = [decimal.Decimal((digits < 0, tuple(map(int, str(abs(digits)))), -scale))]
    pq.write_table(pa.table({"a": pa.array(values, kind)}), folder / "k.parquet")
    assert read_columns(str(folder / "k.parquet"), ["a"]).values.item() == float(values[0])


@pytest.mark.parametrize(
    "column, words",
    [
        (
            pa.array(["1.5", "2"]),
            r"it holds string, such as '1.5' in row 1; save numbers as numbers",
        ),
        (pa.array([None, "1_0"]), r"it holds string, such as '1_0' in row 2; write decimals"),
        (
            pa.array([None, "2", "x"], pa.string_view()),
            r"it holds string_view, such as 'x' in row 3",
        ),
        (pa.array([True, False]), r"it holds bool, such as 'True' in row 1"),
        (pa.array([datetime.date(2020, 1, 1)] * 2), r"it holds date32\[day\]"),
        (pa.array([[1.0], [2.0]]), r"it holds list<element: double>"),
        (pa.array([1.0, None]), r"must be finite; 1 value is not, the first in row 2"),
        (pa.nulls(2), r"it has no values"),
        (pa.array([{"x": 1.0}, None]), r"it holds struct<x: double>, such as"),
        (pa.array(["x", "y"]).dictionary_encode(), r"it holds string, such as 'x' in row 1"),
        (pa.array([1.0, None]).dictionary_encode(), r"must be finite; 1 value is not"),
        (pa.array([b"1", b"2"]), r"it holds binary"),
    ],
    ids=str,
)
def test_other_types_in_parquet_are_named(folder, column, words):
    pq.write_table(pa.table({"a": column}), folder / "h.parquet")
    with pytest.raises(ValueError, match=rf"h\.parquet: column 'a' .*{words}"):
        read_columns(str(folder / "h.parquet"), ["a"])
