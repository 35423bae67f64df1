"""A sweep in shards as jobs of submitit.

    python examples/cluster/with_submitit.py 4 MODEL.toml --over KEY=VALUES ...

Here as processes of this machine; with submitit.AutoExecutor, or cluster="slurm", as an array of jobs under Slurm.
"""

import subprocess
import sys
from pathlib import Path

import submitit

SHARDS, SWEEP = int(sys.argv[1]), sys.argv[2:]


def attractor(*arguments):
    """Exit code 1 says that some runs failed; their rows tell why."""
    done = subprocess.run(["attractor", *arguments, "--quiet"])
    if done.returncode > 1:
        raise RuntimeError(f"attractor ended with exit code {done.returncode}")


def make(number):
    """Makes a shard, or the rest of it, and tells where it stands."""
    part = f"parts/{number}-of-{SHARDS}.h5"
    attractor("sweep", *SWEEP, "--shard", f"{number}/{SHARDS}", "-o", part, "--resume", "--threads", "1")
    return part


if __name__ == "__main__":
    Path("parts").mkdir(exist_ok=True)
    executor = submitit.AutoExecutor(folder="logs", cluster="local")
    executor.update_parameters(timeout_min=60, cpus_per_task=1, mem_gb=1)
    parts = [job.result() for job in executor.map_array(make, range(1, SHARDS + 1))]
    attractor("merge", *parts, "-o", "table.h5")
