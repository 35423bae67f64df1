"""What the command can do Python can, with the same outcome, and the reverse."""

import json
import re
from pathlib import Path

import numpy as np
import pandas
import pytest

import attractor as at

FOLDER = at.Models.folder
TABLE = (Path(__file__).parents[2] / "docs" / "python.md").read_text().split("## Both sides")[-1]


def test_every_command_has_its_line_in_the_page(call):
    listed = call("--help").stdout.split("Commands:")[1].split("Options:")[0]
    commands = set(re.findall(r"^  ([a-z]+)  ", listed, re.MULTILINE)) - {"help"}
    assert len(commands) >= 16
    lines = re.findall(r"^\| `attractor ([a-z]+)", TABLE, re.MULTILINE)
    assert commands == set(lines)
    for name in set(re.findall(r"`at\.([a-z_]+)", TABLE)):
        assert hasattr(at, name), name
    for name in set(re.findall(r"`(?:model|net|run|table)\.([a-z_]+)", TABLE)):
        owners = (at.Model, at.Network, at.Run, at.Table)
        assert any(hasattr(owner, name) for owner in owners), name


@pytest.fixture
def small():
    return at.Model.from_toml(Path(__file__).parents[2] / "tests" / "data" / "small-sweep.toml")


def test_a_trial_alone_is_that_of_the_command(small, tmp_path, call):
    path = Path(__file__).parents[2] / "tests" / "data" / "small-sweep.toml"
    done = call("run", path, "--trial", "2", "-o", tmp_path / "trial.h5", "--quiet")
    assert done.returncode == 0, done.stderr
    assert at.open(tmp_path / "trial.h5").data_hash == small.run(trial=2).data_hash
    with pytest.raises(at.ModelError):
        small.run(trial=9)


def test_a_branch_is_that_of_the_command(by_command, tmp_path, call):
    out = tmp_path / "branch.h5"
    protocol = at.models["memory-1000"].to_dict()["protocol"][:3]
    model = at.models["memory-1000"].with_({"protocol[2].duration": "300 ms"}, protocol=protocol, expect={})
    (tmp_path / "branch.toml").write_text(model.to_toml())
    words = ["--from", by_command, "--at", "1.1 s", "--future-seed", "5"]
    done = call("run", tmp_path / "branch.toml", *words, "-o", out, "--quiet")
    assert out.exists(), done.stderr
    with at.open(by_command) as origin:
        here = model.run(origin=origin, at="1.1 s", future_seed=5)
        same = model.run(origin=origin, at=1100)
    assert here.data_hash == at.open(out).data_hash != same.data_hash
    assert "origin" in here.provenance
    with pytest.raises(ValueError, match="together"):
        model.run(at="1 s")
    with pytest.raises(at.ModelError, match="protocol of that run lasts"):
        model.run(origin=by_command, at="9 s")


def test_a_run_ends_when_it_is_to_and_goes_on(by_command, tmp_path, call):
    out, model = tmp_path / "run.h5", at.models["memory-1000"]
    begun = model.run(out, until="600 ms")
    assert not begun.complete and begun.end >= 600 and begun.path == tmp_path / "run.h5.part"
    begun.close()
    further = at.go_on(out, until=1200)
    assert 1200 <= further.end < 7000
    further.close()
    done = call("run", "--resume", out, "--until", "1500 ms")
    assert done.returncode == 0, done.stderr
    ended = at.go_on(tmp_path / "run.h5.part", threads=1, progress=True)
    assert ended.complete and ended.path == out
    assert ended.data_hash == at.open(by_command).data_hash
    assert at.go_on(out).data_hash == ended.data_hash
    with pytest.raises(ValueError, match="in memory"):
        model.run(until="1 s")
    with pytest.raises(ValueError, match="limit"):
        model.run(tmp_path / "other.h5", limit=0)
    with pytest.raises(at.ModelError, match="sweeps"):
        model.run(tmp_path / "other.h5", until="3 sweeps")
    with pytest.raises(at.FileError):
        at.go_on(tmp_path / "nothing.h5")


def test_a_limit_of_time_ends_a_run(tmp_path):
    long = at.models["memory-1000"].with_({"protocol[0].duration": "10000 s"})
    run = long.run(tmp_path / "long.h5", limit=1.0)
    assert not run.complete and run.end > 0


def test_theory_over_a_key_is_that_of_the_command(tmp_path, call):
    path, over = FOLDER / "memory-8000.toml", "patterns.E.random.number=10,90"
    done = call("theory", path, "--json", "--over", over, "-o", tmp_path / "command.png")
    assert done.returncode == 0, done.stderr
    key = "patterns.E.random.number"
    told = at.theory(at.models["memory-8000"], {key: [10, 90]}, path=tmp_path / "python.png")
    assert told == json.loads(done.stdout)
    assert (tmp_path / "python.png").read_bytes() == (tmp_path / "command.png").read_bytes()


def test_states_over_a_key_are_those_of_the_command(tmp_path, call, monkeypatch):
    path = FOLDER / "autapse.toml"
    key = "projection.autapse.efficacy"
    done = call("states", path, "--json", "--over", f"{key}=0.5,1.5", "--csv", tmp_path / "command.csv")
    assert done.returncode == 0, done.stderr
    told = at.states(at.models["autapse"], {key: [0.5, 1.5]}, csv=tmp_path / "python.csv", neuron=0)
    assert told == json.loads(done.stdout)
    assert (tmp_path / "python.csv").read_text() == (tmp_path / "command.csv").read_text()
    at.states(at.models["autapse"], path=tmp_path / "portrait.png", starts=10)
    monkeypatch.chdir(tmp_path)
    at.states(at.models["autapse"], path="-portrait.png", starts=10)
    assert Path("-portrait.png").exists()
    assert (tmp_path / "portrait.png").exists()
    with pytest.raises(at.FileError, match="exists"):
        at.states(at.models["autapse"], path=tmp_path / "portrait.png")
    with pytest.raises(at.ModelError, match="invalid value '0'"):
        at.states(at.models["autapse"], starts=0)


def test_pages_and_reports_are_those_of_the_command(letters, tmp_path, call):
    done = call("page", FOLDER / "letters.toml", "-o", tmp_path / "command.html")
    assert done.returncode == 0, done.stderr
    page = at.models["letters"].page(tmp_path / "python.html")
    assert page.read_bytes() == (tmp_path / "command.html").read_bytes()
    with pytest.raises(at.FileError, match="exists"):
        at.models["letters"].page(page)
    assert letters.report(tmp_path / "report.html").stat().st_size > 10_000
    with pytest.raises(at.FileError, match="no page"):
        letters.report(tmp_path / "report.txt")
    run = at.models["letters"].with_({"task.recall.trials": 1}).run(tmp_path / "run.html")
    with pytest.raises(at.FileError, match="the recording as the output"):
        run.report(tmp_path / "run.html", force=True)


def test_a_report_of_a_file_is_that_of_the_command(by_command, tmp_path, call):
    done = call("report", by_command, "-o", tmp_path / "command.html")
    assert done.returncode == 0, done.stderr
    report = at.open(by_command).report(tmp_path / "python.html")
    assert report.read_bytes() == (tmp_path / "command.html").read_bytes()


def test_analyses_are_those_of_the_command(small, tmp_path, call):
    run = small.run(tmp_path / "run.h5")
    done = call("analyze", tmp_path / "run.h5", "-o", tmp_path / "command")
    assert done.returncode == 0, done.stderr
    files = run.analyze(tmp_path / "python")
    assert sorted(it.name for it in files) == sorted(it.name for it in (tmp_path / "command").iterdir())
    for file in files:
        assert file.read_bytes() == (tmp_path / "command" / file.name).read_bytes(), file.name
    with pytest.raises(at.FileError, match="not empty"):
        run.analyze(tmp_path / "python")
    with pytest.raises(ValueError, match="without gaps"):
        run.analyze(tmp_path / "gaps", neurons=range(0, 10, 2))


def assert_frames_are(frames, folder):
    """Of every frame the numbers and texts of the table that the command wrote."""
    assert set(frames) == {path.stem for path in folder.glob("*.csv")}
    for name, frame in frames.items():
        written = pandas.read_csv(folder / f"{name}.csv", dtype={c: frame[c].dtype for c in frame if frame[c].dtype.kind in "uf"})
        assert list(written.columns) == list(frame.columns), name
        for column in frame:
            given, read = frame[column], written[column]
            if given.dtype.kind in "uifb":
                np.testing.assert_array_equal(given, read, err_msg=f"{name}.{column}")
            else:
                assert list(given) == ["" if it != it else it for it in read], (name, column)


def test_frames_are_the_tables_of_the_command(small, tmp_path, call):
    run = small.run(tmp_path / "run.h5")
    done = call("analyze", tmp_path / "run.h5", "-o", tmp_path / "trials", "--bin", "20 ms", "--neurons", "1..4")
    assert done.returncode == 0, done.stderr
    assert_frames_are(run.frames(bin="20 ms", neurons=range(1, 4)), tmp_path / "trials")
    with pytest.raises(at.FileError, match="active assemblies are not told"):
        run.frames(active_above="10 Hz")
    with pytest.raises(at.ModelError, match="a time is a number"):
        run.frames(bin="20")


def test_frames_of_bumps_and_of_assemblies(tmp_path, call):
    ring = at.models["ring"].run(tmp_path / "ring.h5")
    call("analyze", tmp_path / "ring.h5", "-o", tmp_path / "ring")
    frames = ring.frames()
    assert_frames_are(frames, tmp_path / "ring")
    bump = frames["bump"].set_index("time").place
    # The cue is at 90 deg, and draws the bump to 200 deg later on.
    assert abs(bump[900.0] - 90) < 0.5 and 90 < bump.iloc[-1] < 200

    clusters = at.models["memory-1000"].run(tmp_path / "memory.h5")
    call("analyze", tmp_path / "memory.h5", "-o", tmp_path / "high", "--active-above", "30 Hz", "--active-window", "40 ms")
    high = clusters.frames(active_above="30 Hz", active_window="40 ms")
    assert_frames_are(high, tmp_path / "high")
    low = clusters.frames(active_above="5 Hz", active_window="40 ms")
    assert low["assemblies"].at_once.sum() > high["assemblies"].at_once.sum() > 0


def test_frames_of_the_courses_of_single_neurons(small, tmp_path, call):
    noise = {"ornstein_uhlenbeck": {"mean": "1 mV", "sd": "2 mV", "tau": "9 ms", "every": "5 ms", "independent": True}}
    show = [{"population": "E", "current": noise}, {"pattern": 1, "current": noise}]
    model = small.with_({"record.courses": {"independent": 3}}, protocol=[{"name": "noise", "duration": "20 ms", "show": show}])
    run = model.run(tmp_path / "run.h5")
    call("analyze", tmp_path / "run.h5", "-o", tmp_path / "tables")
    frames = run.frames()
    assert_frames_are(frames, tmp_path / "tables")
    courses = frames["courses"]
    courses = courses[courses.trial == 0]
    assert list(courses.neuron[:12:4]) == [0, 1, 2] and len(courses) == 2 * 3 * 4
    assert courses.current_mv.nunique() == len(courses)


def test_tables_tell_what_the_command_tells(small, tmp_path, call):
    table = at.sweep(small, {}, repeat=2, out=tmp_path / "sweep.h5")
    done = call("info", tmp_path / "sweep.h5", "--json")
    assert table.info() == json.loads(done.stdout)
    call("plot", tmp_path / "sweep.h5", "--histogram", "correct", "-o", tmp_path / "command.png")
    assert table.histogram("correct") == (tmp_path / "command.png").read_bytes()
    with pytest.raises(at.FileError, match="exists"):
        table.histogram("correct", tmp_path / "command.png")
    run = small.run(tmp_path / "run.h5")
    call("plot", tmp_path / "run.h5", "--histogram", "correct", "-o", tmp_path / "one.png")
    assert run.table.histogram("correct") == (tmp_path / "one.png").read_bytes()
    assert len(run.table.trials) == len(run.trials)
    with pytest.raises(at.ModelError):
        table.histogram("no such column")


def test_two_runs_are_drawn_beside_each_other(tmp_path, call):
    model = at.models["autapse"]
    other = model.with_({"dynamics.rate.units.N.initial": 0.001})
    first, second = model.run(tmp_path / "first.h5"), other.run(tmp_path / "second.h5")
    done = call("plot", first.path, "--beside", second.path, "-o", tmp_path / "command.png")
    assert done.returncode == 0, done.stderr
    with pytest.raises(at.FileError, match="exists"):
        first.plot_beside(second, tmp_path / "command.png")
    picture, says = first.plot_beside(second)
    assert picture == (tmp_path / "command.png").read_bytes() and says.strip() in done.stdout
    with pytest.raises(at.AttractorError):
        first.plot_beside(at.models["letters"].with_({"task.recall.trials": 1}).run())
    second.close()
    with pytest.raises(at.FileError, match="closed"):
        first.plot_beside(second)


def test_the_command_can_be_called(call):
    assert at.command("man", "sweep").text == call("man", "sweep").stdout
    listed = at.command("reproduce", "--list")
    assert listed.good and listed.text == call("reproduce", "--list").stdout
    assert at.schema() == json.loads(call("schema").stdout)
    for word in ("run", "sweep"):
        with pytest.raises(at.ModelError, match="listens to the keyboard"):
            at.command(word, FOLDER / "letters.toml")
    assert at.command("--help").text == call("--help").stdout
    assert at.command("--version").text == call("--version").stdout
    with pytest.raises(at.ModelError, match="unrecognized subcommand") as raised:
        at.command("rum")
    assert "For more information" not in str(raised.value)
    with pytest.raises(at.FileError, match="nowhere"):
        at.command("check", "nowhere.toml")


def test_a_check_is_that_of_the_command(call):
    done = call("check", FOLDER / "letters.toml")
    assert at.models["letters"].check() == done.stdout


def test_models_are_copied_with_what_they_name(tmp_path, call):
    path = at.models.copy("delayed-match-1000", tmp_path / "mine")
    assert (tmp_path / "mine" / "memory-1000.toml").exists()
    assert at.Model.from_toml(path) == at.models["delayed-match-1000"]
    path.write_text(path.read_text().replace("trials = 60", "trials = 7"))
    assert at.models.copy("delayed-match-1000", tmp_path / "mine") == path
    assert at.Model.from_toml(path).to_dict()["task"]["delayed_match"]["trials"] == 7
    assert call("check", path).returncode == 0
    for name in at.models:
        assert at.Model.from_toml(at.models.copy(name, tmp_path / "all")) == at.models[name]
    with pytest.raises(KeyError, match="did you mean"):
        at.models.copy("leters", tmp_path)
