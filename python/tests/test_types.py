"""The types that the package tells are those that it has."""

import subprocess
import sys

import pytest

EXAMPLE = """
import attractor as at
model: at.Model = at.Model.from_dict({}).with_({"record.interval": "1 ms"}, seed=3)
run: at.Run = model.run(threads=4, progress=True)
times, neurons = run.spikes["E"]
print(times.mean(), neurons.max(), run.overlaps["E"].sel(pattern=1), run.trials, run.summary().upper())
met: list[bool] = [verdict.met for verdict in run.expectations]
"""


def test_a_program_that_uses_it_is_typed(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "example.py").write_text(EXAMPLE)
    words = ["--strict", "--ignore-missing-imports", "--cache-dir", tmp_path / "cache"]
    for what in (["-p", "attractor"], [tmp_path / "example.py"]):
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *words, *what], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_are_those_of_the_library(tmp_path):
    pytest.importorskip("mypy")
    words = [sys.executable, "-m", "mypy.stubtest", "attractor._attractor"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
