"""The examples for clusters make the table of one machine: what is in examples/cluster/, on what it is written for.

Usage: check_cluster.py ATTRACTOR PYTHON      (PYTHON: one with snakemake, dask.distributed and submitit)
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path("examples/cluster").resolve()
MODEL = Path("tests/data/small-sweep.toml").resolve()
# A point of it fails in every run, and others have delays that are held or not: columns differ between runs.
SWEEP = [str(MODEL), "--over", "projection.E_to_E.scale=1000000 mV,0.1 mV,0.3 mV", "--repeat", "5"]


def table_hash(table):
    told = subprocess.run(["attractor", "info", str(table), "--json"], capture_output=True, text=True)
    return json.loads(told.stdout)["table_hash"]


# What Slurm does with the script: one job of an array after another, and the job that waits for them.
SLURM = """
for SLURM_ARRAY_TASK_ID in 1 2 3 4; do
    export SLURM_ARRAY_TASK_ID
    bash "$0" 4 "$@"
done
attractor merge parts/*-of-4.h5 -o table.h5 --quiet || [ $? = 1 ]
"""


def snakemake(python):
    sweep = " ".join(word if "=" not in word else f"'{word}'" for word in SWEEP)
    command = [python, "-m", "snakemake", "-s", EXAMPLES / "Snakefile", "--cores", "2"]
    return [*command, "--config", "shards=4", f'sweep="{sweep}"']


def check(python):
    """Tells what fails."""
    one = Path(tempfile.mkdtemp()) / "one.h5"
    subprocess.run(["attractor", "sweep", *SWEEP, "-o", one, "--quiet"], stderr=subprocess.DEVNULL)
    expected = table_hash(one)
    commands = {path.name: [python, path, "4", *SWEEP] for path in sorted(EXAMPLES.glob("with_*.py"))}
    commands["slurm.sh"] = ["bash", "-ec", SLURM, EXAMPLES / "slurm.sh", *SWEEP]
    commands["Snakefile"] = snakemake(python)
    failures = []
    for name, command in commands.items():
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            table = Path(folder) / "table.h5"
            good = done.returncode == 0 and table.exists() and table_hash(table) == expected
        print(f"{name:18} {'the table of one machine' if good else 'FAILS'}", flush=True)
        if not good:
            print(done.stdout, done.stderr)
            failures.append(name)
    if len(commands) != 5:
        failures.append("scripts are gone")
    return failures


if __name__ == "__main__":
    attractor, python = (Path(word).absolute() for word in sys.argv[1:])
    os.environ["PATH"] = f"{attractor.parent}:{os.environ['PATH']}"
    sys.exit(1 if check(python) else 0)
