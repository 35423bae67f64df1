"""Sweeps from Python are those of the command."""

from pathlib import Path

import numpy as np
import pytest

import attractor as at

PATH = Path(__file__).parents[2] / "tests" / "data" / "small-recall.toml"
KEY = "patterns.N.random.number"


def test_a_table_is_that_of_the_command(tmp_path, call):
    out = tmp_path / "command.h5"
    done = call("sweep", PATH, "--over", f"{KEY}=3,9", "--repeat", "2", "--quiet", "-o", out)
    assert done.returncode == 0, done.stderr
    by_command = at.open_table(out)
    table = at.sweep(at.Model.from_toml(PATH), {KEY: [3, 9]}, repeat=2, threads=2)
    assert table.table_hash == by_command.table_hash
    assert list(table.frame.data_hash) == list(by_command.frame.data_hash)
    assert table.keys == [KEY] and table.complete and len(table.frame) == 4
    assert (table.frame.seed.to_numpy() == [3, 4, 3, 4]).all()
    assert len(table.trials) == 4 * 10 and "overlap" in table.trials
    assert table.measured == by_command.measured
    assert "4 runs" in repr(table) and table.summary()


def test_values_are_given_as_lists_or_texts(tmp_path):
    model, out = at.Model.from_toml(PATH), tmp_path / "sweep.h5"
    listed = at.sweep(model, {"dynamics.binary.temperature": np.linspace(0.25, 0.75, 3)}, out=out)
    ranged = at.sweep(model, {"dynamics.binary.temperature": "0.25:0.75:3"})
    assert list(listed.frame.data_hash) == list(ranged.frame.data_hash)
    assert out.exists()
    with pytest.raises(at.FileError, match="exists"):
        at.sweep(model, {}, out=out)
    assert len(at.sweep(model, {}, repeat=2, out=out, force=True).frame) == 2
    with pytest.raises(at.ModelError, match="at patterns.N.random.number=-1"):
        at.sweep(model, {KEY: [3, -1]})


def test_curves_are_drawn(tmp_path):
    table = at.sweep(at.Model.from_toml(PATH), {KEY: range(3, 12, 4)})
    assert table.plot("overlap").startswith(b"\x89PNG")
    table.plot("overlap", KEY, path=tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").exists()
    with pytest.raises(at.ModelError):
        table.plot("no such column")
