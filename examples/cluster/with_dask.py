"""A sweep in shards on the workers of Dask.

    python examples/cluster/with_dask.py 4 MODEL.toml --over KEY=VALUES ...

Here two workers on this machine; a cluster of dask-jobqueue, or the address of a scheduler, takes the place of LocalCluster.
All workers share a folder.
"""

import subprocess
import sys
from pathlib import Path

from dask.distributed import Client, LocalCluster

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
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        parts = client.gather(client.map(make, range(1, SHARDS + 1)))
    attractor("merge", *parts, "-o", "table.h5")
