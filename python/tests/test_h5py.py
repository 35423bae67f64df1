"""Two HDF5 libraries in one process: ours inside, and that of h5py."""

import subprocess
import sys

import pytest

BODY = """
import sys
from pathlib import Path
folder = Path(sys.argv[1])
at.models["letters"].with_({"task.recall.trials": 3}).run(folder / "run.h5").close()
for _ in range(3):
    with h5py.File(folder / "run.h5") as file:
        theirs = file["patterns/N/xi"][:]
        with at.open(folder / "run.h5") as run:
            assert (run.patterns["N"] == theirs).all()
            assert file.attrs["complete"] == 1
            assert run.data_hash == file["provenance"].attrs["data_hash"]
with h5py.File(folder / "run.h5", "r+") as file:
    file["rates/N/rate"][0] = 0.123
try:
    at.open(folder / "run.h5").verify()
except ValueError as error:
    assert "rates and overlaps of N" in str(error), error
else:
    raise SystemExit("the change was not seen")
with h5py.File(folder / "theirs.h5", "w") as file:
    file["x"] = list(range(1000))
try:
    at.open(folder / "theirs.h5")
except at.FileError as error:
    assert "found no recording" in str(error)
with h5py.File(folder / "theirs.h5") as file:
    assert file["x"][:].sum() == 499500
print(h5py.version.hdf5_version)
"""


@pytest.mark.parametrize("order", [("h5py", "attractor as at"), ("attractor as at", "h5py")])
def test_both_read_the_files_of_each_other(order, tmp_path):
    text = "".join(f"import {name}\n" for name in order) + BODY
    done = subprocess.run([sys.executable, "-c", text, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
