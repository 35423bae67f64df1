#!/usr/bin/env bash
# A sweep as an array of jobs under Slurm, one shard each:
#
#   attractor sweep MODEL.toml --over KEY=VALUES --plan                 # checks every model
#   attractor sweep MODEL.toml --over KEY=VALUES --plan --shard 1/8     # what a job takes: set the limits below
#   jobs=$(sbatch --parsable --array=1-8 examples/cluster/slurm.sh 8 MODEL.toml --over KEY=VALUES)
#   sbatch --dependency=afterok:$jobs --wrap "attractor merge parts/*-of-8.h5 -o table.h5"
#
# The first argument is the number of shards; it stays the same when some jobs are submitted again, as with --array=3,7.
# Whatever ends a job, it goes on where it was when it is submitted again; one whose part is whole ends at once.
#SBATCH --cpus-per-task=2
#SBATCH --mem=1G
#SBATCH --time=01:00:00
#SBATCH --requeue
# A minute before its time is up it is told to end: runs that have ended are safe by then, and it stands in line again.
#SBATCH --signal=B:TERM@60
set -euo pipefail

shards=$1
shift
mkdir -p parts
attractor sweep "$@" --shard "$SLURM_ARRAY_TASK_ID/$shards" -o "parts/$SLURM_ARRAY_TASK_ID-of-$shards.h5" \
    --resume --threads "${SLURM_CPUS_PER_TASK:-1}" --quiet &
sweep=$!
# The shell is told alone.
trap 'kill -TERM "$sweep"' TERM
code=0
wait "$sweep" || code=$?
# Being told ended that wait, and not the sweep.
while kill -0 "$sweep" 2>/dev/null; do
    code=0
    wait "$sweep" || code=$?
done

case $code in
    0 | 1) ;; # 1: some runs failed; their rows say why
    130) scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" ;;
    *) exit "$code" ;;
esac
