"""Sweeps from Python are those of the command."""

import multiprocessing
import pickle
import sys
from concurrent import futures
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


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_any_executor_makes_the_same_table(kind, tmp_path):
    model, over = at.Model.from_toml(PATH), {KEY: [3, 9]}
    spawn = multiprocessing.get_context("spawn")
    pool = {
        "threads": lambda: futures.ThreadPoolExecutor(3),
        "processes": lambda: futures.ProcessPoolExecutor(2, spawn),
    }[kind]()
    out = tmp_path / "sweep.h5"
    with pool as executor:
        table = at.sweep(model, over, 2, out=out, executor=executor, keep=tmp_path / "runs", progress=True)
        with pytest.raises(at.FileError, match="exists"):
            at.sweep(model, over, 2, out=out, executor=executor)
        again = at.sweep(model, over, 2, out=out, executor=executor, keep=tmp_path / "runs", force=True)
        with pytest.raises(at.ModelError, match="at patterns.N.random.number=-1"):
            at.sweep(model, {KEY: [3, -1]}, executor=executor)
        with pytest.raises(ValueError, match="made whole"):
            at.sweep(model, over, executor=executor, shard=(1, 2))
    assert table.table_hash == again.table_hash == at.sweep(model, over, 2).table_hash
    assert at.open_table(out).complete and len(list((tmp_path / "runs").iterdir())) == 4


class Plain:
    """What other libraries call an executor: it has `submit`, and no more."""

    def submit(self, work, *given):
        class Job:
            def result(self):
                return work(*given)

            def cancel(self):
                pass

        return Job()


def test_an_executor_need_only_submit():
    model = at.Model.from_toml(PATH)
    assert at.sweep(model, {KEY: [3, 9]}, executor=Plain()).table_hash == at.sweep(model, {KEY: [3, 9]}).table_hash


def test_shards_are_merged(tmp_path, call):
    model, over = at.Model.from_toml(PATH), {KEY: [3, 9]}
    first = at.sweep(model, over, 2, shard=(1, 2), out=tmp_path / "first.h5")
    assert "1/2" in first.summary() and len(first.frame) == 2
    assert first.shard == (1, 2) and "shard 1/2" in repr(first)
    done = call("sweep", PATH, "--over", f"{KEY}=3,9", "--repeat", "2", "--shard", "2/2", "-o", tmp_path / "second.h5")
    assert done.returncode == 0, done.stderr
    parts = [tmp_path / "second.h5", tmp_path / "first.h5"]
    merged = at.merge(parts, tmp_path / "whole.h5")
    assert merged.table_hash == at.merge(parts).table_hash == at.sweep(model, over, 2).table_hash
    assert merged.shard is None and "shard" not in repr(merged)
    with pytest.raises(at.ModelError, match="missing|lack") as raised:
        at.merge(parts[:1])
    assert "--resume" not in str(raised.value)
    with pytest.raises(TypeError, match="a list of files"):
        at.merge(str(parts[0]))
    with pytest.raises(at.FileError, match="exists"):
        at.merge(parts, tmp_path / "whole.h5")
    with pytest.raises(at.ModelError, match="shard 3 of 2"):
        at.sweep(model, over, shard=(3, 2))


class Nobody:
    """An executor to which nothing may be given."""

    def submit(self, work, *given):
        raise AssertionError("something was begun")


def test_an_executor_is_asked_only_for_what_can_be_written(tmp_path):
    model, over = at.Model.from_toml(PATH), {KEY: [3, 9]}
    own, other, part = (tmp_path / name for name in ("own.toml", "other.toml", "table.h5.part"))
    for file in (own, other):
        file.write_text(PATH.read_text())
    part.write_bytes(b"")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "mine.txt").write_text("kept")
    named = at.Model.from_toml(own)
    for kind, sentence, of, given in [
        (at.FileError, "cannot be written|no folder|nowhere", model, {"out": tmp_path / "nowhere" / "table.h5"}),
        (at.FileError, "the model file as the output", named, {"out": own, "force": True}),
        (at.FileError, "no table of a sweep", model, {"out": other, "force": True}),
        (at.FileError, "did not end", model, {"out": tmp_path / "table.h5"}),
        (at.FileError, "not empty", model, {"keep": tmp_path / "runs"}),
    ]:
        for executor in (Nobody(), None):
            with pytest.raises(kind, match=sentence):
                at.sweep(of, over, executor=executor, **given)
    with pytest.raises(at.ModelError, match="at patterns.N.random.number=-1"):
        at.sweep(model, {KEY: [3, -1]}, executor=Nobody())
    assert own.read_text() == other.read_text() == PATH.read_text()
    with pytest.raises(at.FileError, match="no table of a sweep"):
        at.sweep(model, over, shard=(1, 2), out=tmp_path / "1.h5")
        at.sweep(model, over, shard=(2, 2), out=tmp_path / "2.h5")
        at.merge([tmp_path / "1.h5", tmp_path / "2.h5"], other, force=True)
    assert other.read_text() == PATH.read_text()


@pytest.mark.parametrize("executor", [None, Plain()])
def test_progress_counts_runs(executor, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    at.sweep(at.Model.from_toml(PATH), {KEY: [3, 9]}, 3, executor=executor, progress=True)
    assert capsys.readouterr().err.splitlines()[-1] == "  6 of 6 runs"


def test_a_plan_tells_what_a_sweep_takes(capfd):
    told = at.plan(at.Model.from_toml(PATH), {KEY: [3, 9]}, repeat=3, shard=(1, 2))
    assert told["runs"] == 3 and told["points"] == 2 and told["memory_mb"] > 0 and told["warnings"] == []
    deaf = at.models["memory-1000"].with_({"protocol[1].show[0].poisson": "0 Hz", "protocol[0].duration": "10 ms"})
    told = at.plan(deaf, {})["warnings"]
    assert len(told) == len(deaf.warnings()) > 0
    assert all(one.split(": ", 2)[-1] in other for one, other in zip(told, deaf.warnings(), strict=True))
    assert capfd.readouterr().err == ""


def test_a_table_goes_to_other_processes(tmp_path):
    model, out = at.Model.from_toml(PATH), tmp_path / "half.h5"
    for table in (at.sweep(model, {KEY: [3, 9]}, repeat=2), at.sweep(model, {KEY: [3, 9]}, out=out, shard=(2, 2))):
        again = pickle.loads(pickle.dumps(table))
        assert (again.table_hash, again.complete, again.shard) == (table.table_hash, table.complete, table.shard)
        assert again.frame.equals(table.frame) and again.trials.equals(table.trials)


def test_a_sweep_ends_in_time_and_goes_on(tmp_path):
    model, over, out = at.Model.from_toml(PATH), {KEY: [3, 9]}, tmp_path / "sweep.h5"
    table = at.sweep(model, over, 30, out=out, limit=1e-9)
    assert not table.complete and not out.exists() and (tmp_path / "sweep.h5.part").exists()
    whole = at.sweep(model, over, 30, out=out, resume=True, limit=1e6)
    assert whole.complete and whole.table_hash == at.sweep(model, over, 30).table_hash
    # It is whole, until it is to be overwritten.
    assert at.sweep(model, over, 30, out=out, resume=True).table_hash == whole.table_hash
    begun = at.sweep(model, over, 30, out=out, force=True, limit=1e-9)
    assert not begun.complete and out.exists()
    again = at.sweep(model, over, 30, out=out, resume=True)
    assert again.complete and again.table_hash == whole.table_hash and not (tmp_path / "sweep.h5.part").exists()
    with pytest.raises(ValueError, match="goes to its end"):
        at.sweep(model, over, limit=1)
    with pytest.raises(ValueError, match="above 0"):
        at.sweep(model, over, out=out, limit=0)


def test_curves_are_drawn(tmp_path):
    table = at.sweep(at.Model.from_toml(PATH), {KEY: range(3, 12, 4)})
    assert table.plot("overlap").startswith(b"\x89PNG")
    table.plot("overlap", KEY, path=tmp_path / "curves.svg")
    with pytest.raises(at.FileError, match="exists"):
        table.plot("overlap", KEY, path=tmp_path / "curves.svg")
    table.plot("overlap", KEY, path=tmp_path / "curves.svg", force=True)
    with pytest.raises(at.ModelError):
        table.plot("no such column")
