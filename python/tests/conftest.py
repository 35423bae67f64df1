"""What several tests share: a run of the 1000-neuron memory, by the package and by the command."""

import subprocess
import sys
from pathlib import Path

import pytest

import attractor as at

DATA = Path(__file__).parents[2] / "tests" / "data"


def command(*words, **options):
    """Calls the command that the package brings."""
    program = Path(sys.executable).parent / "attractor"
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, **options)


@pytest.fixture(scope="session")
def call():
    return command


@pytest.fixture(scope="session")
def memory():
    """In memory, with the membrane potentials of three neurons, which change nothing."""
    model = at.models["memory-1000"]
    probe = {"population": "E", "neurons": "0..3", "every": "1 ms"}
    return model.with_({"record.v": [probe]}).run(threads=2)


@pytest.fixture(scope="session")
def by_command(tmp_path_factory):
    """A recording that the command wrote."""
    path = tmp_path_factory.mktemp("command") / "memory.h5"
    done = command("run", at.Models.folder / "memory-1000.toml", "-o", path, "--quiet")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="session")
def trials():
    """A small network of spiking neurons with trials."""
    return at.Model.from_toml(DATA / "small-sweep.toml").run()


@pytest.fixture(scope="session")
def letters():
    """A network of two-state neurons."""
    return at.models["letters"].with_({"task.recall.trials": 20}).run()
