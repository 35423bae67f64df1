"""Damaged recordings and tables: the command refuses them in one sentence, or tells what is true; never a panic, a crash, a
hang, or numbers that `attractor verify` would refuse.

Usage: check_hostile.py ATTRACTOR [NUMBER [SEED]]      (NUMBER mutations of every file; 100 without it)

Of every file that it has run, it changes one thing at a time: a dataset or an attribute is removed, has another type, shape or
length, or a value out of range; or bytes of the file are flipped, zeroed or cut off.
"""

import collections
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np

SECONDS = 10
MEMORY = 1 << 30
MODELS = ["tests/data/small-recall.toml", "tests/data/small-sweep.toml", "models/flip-flop.toml", "models/memory-1000.toml"]
COMMANDS = [
    ["info"],
    ["plot", "--force", "-o", "figure.png"],
    ["analyze", "--force", "-o", "analysis"],
    ["export", "--force", "--format", "csv", "-o", "exported"],
    ["verify"],
]
VALUES = [0, 1, -1, 2**31, 2**53, 1e308, -1e308, float("nan"), float("inf"), 0.5, 1e-300]


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def call(attractor, command, path, folder):
    """Exit code (negative for a signal, None for a hang) and what was said to the error stream."""
    name, *options = command
    try:
        done = subprocess.run([attractor, name, path, *options], cwd=folder, capture_output=True, timeout=SECONDS, preexec_fn=limited)
    except subprocess.TimeoutExpired:
        return None, ""
    return done.returncode, done.stderr.decode(errors="replace")


def objects(file):
    found = []
    file.visititems(lambda name, at: found.append((name, isinstance(at, h5py.Dataset))))
    return [("/", False), *found]


def other_values(dice, values):
    """One value of an array changed."""
    values = np.array(values)
    if values.dtype == object:
        values = values.astype(object)
        if values.size:
            values.flat[dice.randrange(values.size)] = dice.choice(["", "no such thing", "{", "E I", b"\xff\xfe"])
        return values
    if values.size:
        place, wrong = dice.randrange(values.size), dice.choice(VALUES)
        with np.errstate(all="ignore"):
            values.flat[place] = np.array(wrong).astype(values.dtype)
        if dice.random() < 0.3:
            dice.shuffle(values.reshape(-1))
    return values


def put(file, name, values, attributes):
    del file[name]
    text = h5py.string_dtype() if getattr(values, "dtype", None) == object else None
    made = file.create_dataset(name, data=values, dtype=text)
    for key, value in attributes.items():
        made.attrs[key] = value


def change_dataset(dice, file, name):
    at = file[name]
    values, attributes = at[()], dict(at.attrs)
    what = dice.choice(["missing", "type", "scalar", "shape", "longer", "shorter", "empty", "values", "values", "values", "huge"])
    if what == "missing":
        del file[name]
    elif what == "type":
        kind = dice.choice(["f4", "i8", "u1", "u8", "S4", "text"])
        size = np.shape(values)
        other = np.full(size, "x", dtype=object) if kind == "text" else np.zeros(size, dtype=kind)
        put(file, name, other, attributes)
    elif what == "scalar":
        put(file, name, np.asarray(values).flat[0] if np.size(values) else np.float64(0.0), attributes)
    elif what == "shape":
        put(file, name, np.asarray(values).reshape(1, *np.shape(values)) if dice.random() < 0.5 else np.ravel(values), attributes)
    elif what in ("longer", "shorter", "empty"):
        rows = {"longer": len(values) + 1, "shorter": max(len(values) - 1, 0), "empty": 0}[what]
        put(file, name, np.resize(values, (rows, *np.shape(values)[1:])), attributes)
    elif what == "huge":
        del file[name]
        made = file.create_dataset(name, shape=(2**40, *np.shape(values)[1:]), dtype=at.dtype, chunks=True)
        for key, value in attributes.items():
            made.attrs[key] = value
    else:
        put(file, name, other_values(dice, values), attributes)
    return f"{what} {name}"


def change_attribute(dice, file, name):
    attributes = file[name].attrs
    if not len(attributes):
        return None
    key = dice.choice(sorted(attributes))
    what = dice.choice(["missing", "value", "value", "type", "array", "null"])
    value = attributes[key]
    del attributes[key]
    if what == "value" and isinstance(value, str):
        # A word of a model that is another one is a model of its own.
        attributes[key] = dice.choice(["", "no such thing", value[: len(value) // 2], value + " E"])
    elif what == "value":
        with np.errstate(all="ignore"):
            attributes.create(key, np.asarray(dice.choice(VALUES)).astype(np.asarray(value).dtype))
    elif what == "type":
        attributes[key] = dice.choice([1.5, np.uint64(7), "text", np.int32(-1)])
    elif what == "array":
        attributes[key] = np.arange(3.0)
    elif what == "null":
        attributes[key] = h5py.Empty("f8")
    return f"{what} attribute {key} of {name}"


def change_structure(dice, path):
    with h5py.File(path, "r+") as file:
        while True:
            name, is_dataset = dice.choice(objects(file))
            if is_dataset and dice.random() < 0.8:
                return change_dataset(dice, file, name)
            if done := change_attribute(dice, file, name):
                return done


def change_bytes(dice, path):
    data = bytearray(path.read_bytes())
    what = dice.choice(["flip", "flip", "zero", "cut"])
    place = dice.randrange(min(len(data), dice.choice([2048, len(data)])))
    if what == "flip":
        data[place] ^= 1 << dice.randrange(8)
    elif what == "zero":
        data[place : place + 64] = bytes(len(data[place : place + 64]))
    else:
        del data[max(place, 1) :]
    path.write_bytes(data)
    return f"{what} at byte {place}"


def make(attractor, folder):
    """Recordings of states, spikes and activity, and a table, whole and not."""
    made = []
    for model in MODELS:
        path = folder / f"{Path(model).stem}.h5"
        subprocess.run([attractor, "run", model, "-o", path, "--quiet", "--force"])
        made.append(path)
    table = folder / "table.h5"
    over = ["--over", "patterns.N.random.number=2,3", "--repeat", "2", "-o", table, "--quiet", "--force"]
    subprocess.run([attractor, "sweep", "tests/data/small-recall.toml", *over], check=True)
    return [*made, table]


def check(attractor, number, seed, folder):
    dice, counts, wrong = random.Random(seed), collections.Counter(), []
    for whole in make(attractor, folder):
        codes = [call(attractor, command, whole, folder)[0] for command in COMMANDS]
        print(f"{whole.name}: {codes}")
        for k in range(number):
            path = folder / "mutated.h5"
            shutil.copy(whole, path)
            change = dice.choice([change_structure, change_structure, change_bytes])
            try:
                told = change(dice, path)
            except Exception as error:  # What h5py does not write is no file to be read.
                counts[f"not made: {type(error).__name__}"] += 1
                continue
            found = {command[0]: call(attractor, command, path, folder) for command in COMMANDS}
            for name, (code, said) in found.items():
                kind = "hang" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
                counts[kind] += 1
                sentence = code in (0, 1, 2) and "panicked" not in said and len(said.splitlines()) <= 1
                verified = found["verify"][0]
                false = name != "verify" and code in (0, 1) and verified not in (0, None)
                if false:
                    counts[f"{name} tells what verify refuses"] += 1
                if not sentence or false:
                    wrong.append(f"{whole.name}: {told}: {name}: {kind}, verify {verified}: {said[:300]}")
    print(*wrong, sep="\n")
    print(dict(counts))
    return not wrong


if __name__ == "__main__":
    attractor = str(Path(sys.argv[1]).resolve())
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as name:
        sys.exit(0 if check(attractor, number, seed, Path(name)) else 1)
