"""Reading copies nothing: memory grows by the arrays that are asked for."""

import importlib.util
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "bench.py"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells")
def test_two_million_spikes_take_the_memory_of_their_arrays(tmp_path):
    found = importlib.util.spec_from_file_location("bench", SOURCE)
    bench = importlib.util.module_from_spec(found)
    found.loader.exec_module(bench)
    spikes, arrays, grown = bench.reading(tmp_path, 0.2)
    assert spikes > 1_900_000 and arrays == 16 * spikes
    # Beside them HDF5 keeps some chunks.
    assert 0.9 * arrays < grown < 1.1 * arrays + 8e6, f"{arrays / 1e6} MB of arrays, {grown / 1e6} MB"
