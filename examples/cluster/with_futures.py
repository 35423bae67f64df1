"""A sweep in shards on any executor of concurrent.futures.

    python examples/cluster/with_futures.py 4 MODEL.toml --over KEY=VALUES ...

Here on threads of this machine, each of which waits for a process; MPIPoolExecutor of mpi4py.futures takes the same jobs to
many machines that share a folder.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
    with ThreadPoolExecutor(max_workers=2) as executor:
        parts = list(executor.map(make, range(1, SHARDS + 1)))
    attractor("merge", *parts, "-o", "table.h5")
