"""Damaged recordings and tables: the command refuses them in one sentence, or tells what is true; never a panic, a crash, a
hang, more than 1 GiB, or numbers that `attractor verify` would refuse.

Usage: check_hostile.py ATTRACTOR [NUMBER [SEED]]      (NUMBER damaged files in all; 500 without it)

Of every kind of file that it has run (and of runs and sweeps that were interrupted), it changes one thing at a time: a dataset,
a group or an attribute, whatever the file holds, is removed, or has another type, shape, length, place, or a value out of range;
or bytes of the file are flipped, zeroed, moved or cut off. The state of an interrupted run is changed too, and forged. What verifies but is told of in another way than the whole file is
counted, by what was changed: in no hash are energies, provenance and single neurons.
"""

import collections
import hashlib
import multiprocessing
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

import check_resume

# Of computing; the machine may have other things to do.
SECONDS = 10
MEMORY = 1 << 30
# Of waiting, after which what computes nothing hangs.
PATIENCE = 600
LIMIT = ["prlimit", f"--data={MEMORY}", f"--cpu={SECONDS}", "--core=0"]
V = '{ population = "E", neurons = "0..2", every = "1 ms" }'
ACTIVITY = '{ population = "N", neurons = "0..2", every = "1 ms" }'
OWN = '{ redrawn = { distribution = { uniform = ["200 Hz", "2 kHz"] }, every = "10 ms", independent = true } }'
SHORT = ["population.E.size=80", "population.I.size=20", *(f"protocol[{k}].duration=30 ms" for k in range(3))]
LEARNED = [part for setting in SHORT for part in ("--set", setting)] + ["--set", 'record.efficacies.projections=["I_to_E"]']
RUNS = {
    "recall": ["tests/data/small-recall.toml", "--set", "record.states=true"],
    "trials": ["tests/data/small-sweep.toml", "--set", "record.input=true"],
    "spiking": ["tests/data/small-sweep.toml", "--set", f"record.v={V}", "--set", "task.delayed_match.trials=1"],
    "courses": ["models/two-choice.toml", "--set", "record.courses=true", "--set", "task.decision.trials=2"],
    "own": ["tests/data/small-sweep.toml", "--set", "record.courses.independent=2", "--set", f"task.delayed_match.sample.poisson={OWN}"],
    "learned": ["models/vogels-2011.toml", *LEARNED],
    "graded": ["models/flip-flop.toml", "--set", f"record.activity={ACTIVITY}"],
    "binary": ["models/letters.toml"],
    "tour": ["models/salesman.toml", "--set", "task.tour.trials=3"],
}
# Interrupted once something stands there.
INTERRUPTED = {
    "begun.h5.part": ["run", "tests/data/small-sweep.toml", "--set", "task.delayed_match.trials=5000", "--commit", "0.1"],
    "learning.h5.part": ["run", "models/vogels-2011.toml", *LEARNED, "--set", "protocol[1].duration=600 s", "--commit", "0.1"],
    "swept.h5.part": ["sweep", "tests/data/small-sweep.toml", "--over", "task.delayed_match.trials=1,2,5000"],
}
OVER = ["--over", "patterns.N.random.number=2,3", "--repeat", "2"]
# What is tried besides `info` and `verify`.
OTHERS = [
    ["plot", "--force", "-o", "figure.png"],
    ["plot", "--force", "-o", "figure.svg"],
    ["analyze", "--force", "-o", "analysis"],
    ["export", "--force", "--format", "csv", "-o", "exported"],
    ["export", "--force", "--format", "nwb", "-o", "exported.nwb"],
    ["report", "--force", "-o", "page.html"],
]
OF_TABLES = [["plot", "--force", "-o", "figure.png", "--y", "trials"], ["plot", "--force", "-o", "figure.svg", "--y", "trials"], ["info", "--json"], ["merge", "../second.h5", "--force", "-o", "merged.h5"]]
NUMBERS = [0, 1, -1, 2, 255, 2**31, 2**32, 2**53, 2**63 - 1, 1e308, -1e308, float("nan"), float("inf"), -float("inf"), 0.5, 1e-300, -0.0]
TEXTS = ["", "no such thing", "{", "E I", b"\xff\xfe", "x" * 70000, "\x1b[2J", "é" * 40, "[]", "null", "-1"]


def call(attractor, command, path, folder):
    """Exit code (negative for a signal, None for a hang) and what was said to both streams."""
    name, *options = command
    try:
        done = subprocess.run([*LIMIT, attractor, name, path, *options], cwd=folder, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, "", ""
    return done.returncode, done.stderr.decode(errors="replace"), done.stdout.decode(errors="replace")


def objects(file):
    found = []
    file.visititems(lambda name, at: found.append((name, isinstance(at, h5py.Dataset))))
    return [("/", False), *found]


def other_number(dice, kind):
    with np.errstate(all="ignore"):
        return np.array(dice.choice(NUMBERS)).astype(kind)


def other_values(dice, values):
    """One value of an array changed, or several exchanged."""
    values = np.array(values)
    if not values.size:
        return values
    flat = values.reshape(-1)
    if values.dtype == object:
        flat[dice.randrange(flat.size)] = dice.choice(TEXTS)
        return values
    place = dice.randrange(flat.size)
    what = dice.choice(["wrong", "wrong", "near", "shuffled", "all", "exchanged"])
    with np.errstate(all="ignore"):
        if what == "wrong" or flat.dtype.kind not in "iuf":
            flat[place] = other_number(dice, flat.dtype) if flat.dtype.kind in "iufb" else flat[0]
        elif what == "near":
            flat[place] += np.array(1).astype(flat.dtype)
        elif what == "shuffled":
            dice.shuffle(flat)
        elif what == "all":
            flat[:] = other_number(dice, flat.dtype)
        else:
            other = dice.randrange(flat.size)
            flat[[place, other]] = flat[[other, place]]
    return values


def put(file, name, values, attributes, **how):
    del file[name]
    text = h5py.string_dtype() if getattr(values, "dtype", None) == object else None
    made = file.create_dataset(name, data=values, dtype=text, **how)
    for key, value in attributes.items():
        made.attrs[key] = value


KINDS = ["f4", ">f8", "i1", "i8", ">i8", "u1", "u8", "S4", "c16", "text", "bool", "compound", "array", "reference"]


def of_kind(kind, shape):
    if kind == "text":
        return np.full(shape, "x", dtype=object)
    if kind == "compound":
        return np.zeros(shape, dtype=[("a", "f8"), ("b", "u1")])
    if kind == "array":
        return np.zeros(shape, dtype=("f8", (2,))) if shape == () else np.zeros((*shape, 2))
    return np.zeros(shape, dtype=h5py.ref_dtype if kind == "reference" else kind)


def change_dataset(dice, file, name):
    at = file[name]
    values, attributes = at[()], dict(at.attrs)
    shape = np.shape(values)
    what = dice.choice(
        ["missing", "type", "scalar", "shape", "longer", "shorter", "empty", "null", "huge", "kept", "group", "link", "converted"]
        + ["values"] * 6
    )
    if what == "missing":
        del file[name]
    elif what == "type":
        kind = dice.choice(KINDS)
        what += f" {kind}"
        if kind == "reference":
            del file[name]
            file.create_dataset(name, shape=shape, dtype=h5py.ref_dtype)
        else:
            put(file, name, of_kind(kind, shape), attributes)
    elif what == "converted":
        # The same numbers, of another size.
        kind = dice.choice(["f4", "f8", ">f8", "i4", "u8", ">u8"])
        with np.errstate(all="ignore"):
            put(file, name, np.asarray(values).astype(kind), attributes)
    elif what == "scalar":
        put(file, name, np.asarray(values).flat[0] if np.size(values) else np.float64(0.0), attributes)
    elif what == "shape":
        put(file, name, np.asarray(values).reshape(1, *shape) if dice.random() < 0.5 else np.ravel(values), attributes)
    elif what in ("longer", "shorter", "empty"):
        rows = {"longer": len(values) + dice.choice([1, 10000]), "shorter": max(len(values) - 1, 0), "empty": 0}[what]
        put(file, name, np.resize(values, (rows, *shape[1:])), attributes)
    elif what == "null":
        put(file, name, h5py.Empty(at.dtype), attributes)
    elif what == "huge":
        kind = at.dtype
        del file[name]
        rows = dice.choice([2**27, 2**40, 2**62])
        made = file.create_dataset(name, shape=(rows, *shape[1:]), dtype=kind, chunks=True, compression=dice.choice([None, "gzip"]))
        for key, value in attributes.items():
            made.attrs[key] = value
    elif what == "kept":
        how = dice.choice([{"compression": "lzf"}, {"scaleoffset": 0}, {"fletcher32": True}, {"compression": "gzip", "shuffle": True}])
        put(file, name, values, attributes, chunks=True, **how)
    elif what == "group":
        del file[name]
        file.create_group(name)
    elif what == "link":
        del file[name]
        target = dice.choice([h5py.SoftLink("/nowhere"), h5py.SoftLink("/"), h5py.SoftLink(f"/{name}"), h5py.ExternalLink("mutated.h5", f"/{name}"), h5py.ExternalLink("/dev/zero", "/x"), "other"])
        file[name] = file[dice.choice(objects(file))[0]] if target == "other" else target
    else:
        put(file, name, other_values(dice, values), attributes)
    return f"{what} {name}"


def change_group(dice, file, name):
    what = dice.choice(["missing", "empty", "dataset", "circle", "more", "many"])
    group = file[name]
    if what == "circle":
        group["again"] = group
    elif what == "more":
        group.create_dataset("more", data=np.arange(3.0))
    elif what == "many":
        for k in range(2000):
            group.create_group(f"g{k}")
    elif name == "/":
        return None
    else:
        del file[name]
        if what == "empty":
            file.create_group(name)
        elif what == "dataset":
            file.create_dataset(name, data=[1.0])
    return f"{what} group {name}"


def change_attribute(dice, file, name):
    attributes = file[name].attrs
    if not len(attributes):
        return None
    key = dice.choice(sorted(attributes))
    what = dice.choice(["missing", "value", "value", "value", "type", "array", "null"])
    value = attributes[key]
    del attributes[key]
    if what == "value" and isinstance(value, str):
        # A word of a model that is another one is a model of its own.
        numbers = [k for k, c in enumerate(value) if c.isdigit()]
        others = [*TEXTS, value[: len(value) // 2], value + " E"]
        if numbers:
            k = dice.choice(numbers)
            others += [value[:k] + dice.choice(["9", "0", "-1", "1e308", "99999999999"]) + value[k + 1 :]] * 6
        other = dice.choice(others)
        attributes[key] = np.bytes_(other) if isinstance(other, bytes) else other
        what = f"{what} {str(other)[:40]!r}"
    elif what == "value":
        attributes.create(key, other_number(dice, np.asarray(value).dtype) if np.asarray(value).dtype.kind in "iufb" else 0)
    elif what == "type":
        attributes[key] = dice.choice([1.5, np.uint64(7), "text", np.int32(-1), np.bytes_(b"E"), True])
    elif what == "array":
        attributes[key] = np.arange(3.0)
    elif what == "null":
        attributes[key] = h5py.Empty("f8")
    return f"{what} attribute {key} of {name}"


def change_structure(dice, path):
    with h5py.File(path, "r+") as file:
        while True:
            name, is_dataset = dice.choice(objects(file))
            draw = dice.random()
            if is_dataset and draw < 0.8:
                done = change_dataset(dice, file, name)
            elif draw < 0.4:
                done = change_group(dice, file, name) if not is_dataset else None
            else:
                done = change_attribute(dice, file, name)
            if done:
                return done


def change_bytes(dice, path):
    data = bytearray(path.read_bytes())
    what = dice.choice(["flip", "flip", "flips", "zero", "ones", "word", "move", "cut"])
    place = dice.randrange(min(len(data), dice.choice([256, 2048, 16384, len(data)])))
    if what == "flip":
        data[place] ^= 1 << dice.randrange(8)
    elif what == "flips":
        for _ in range(20):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif what in ("zero", "ones"):
        data[place : place + 64] = (b"\0" if what == "zero" else b"\xff") * len(data[place : place + 64])
    elif what == "word":
        # An address or a length, which stands at a multiple of eight more often than not.
        place &= ~7
        data[place : place + 8] = dice.choice([0, 1, 8, len(data), 2**32, 2**63, 2**64 - 1]).to_bytes(8, "little")
        del data[path.stat().st_size :]
    elif what == "move":
        other = dice.randrange(len(data))
        data[place : place + 512], data[other : other + 512] = data[other : other + 512], data[place : place + 512]
    else:
        del data[max(place, 1) :]
    path.write_bytes(data)
    return f"{what} at byte {place}"


def is_run(path):
    """Whether it is left of a run, whose state stands beside it."""
    return INTERRUPTED.get(path.name, [""])[0] == "run"


def make(attractor, folder):
    """Recordings of every kind, a table, and what is left of an interrupted run and sweep."""
    made = []
    for name, arguments in RUNS.items():
        path = folder / f"{name}.h5"
        subprocess.run([attractor, "run", *arguments, "-o", path, "--quiet", "--force"])
        made.append(path)
    sweep = [attractor, "sweep", "tests/data/small-recall.toml", *OVER, "--quiet", "--force"]
    for name, shard in {"table.h5": "1/1", "table-of-2.h5": "1/2", "second.h5": "2/2"}.items():
        subprocess.run([*sweep, "--shard", shard, "-o", folder / name], check=True)
    made += [folder / "table.h5", folder / "table-of-2.h5"]
    for name, arguments in INTERRUPTED.items():
        path = folder / name
        made.append(path)
        running = subprocess.Popen([attractor, *arguments, "-o", path.with_suffix(""), "--quiet", "--force"])
        while running.poll() is None and not path.exists():
            time.sleep(0.01)
        running.send_signal(signal.SIGTERM)
        running.wait()
    for path in [*made, *(path.with_suffix(".checkpoint") for path in made if is_run(path))]:
        assert path.exists(), path
    return made


def change_state(dice, path):
    """A checkpoint with other bytes or words; most often its sum is mended, so that what is wrong is found in the words."""
    if dice.random() < 0.3:
        return change_bytes(dice, path)
    data = path.read_bytes()
    # Behind the mark and the number of words.
    words = [data[k : k + 8] for k in range(24, len(data) - 32, 8)]
    number, place, other = len(words), dice.randrange(len(words)), dice.randrange(len(words))
    what = dice.choice(["other", "other", "other", "near", "missing", "twice", "exchanged", "cut", "block"])
    if what == "other":
        numbers = [0, 1, 2, 255, 2**16, 2**31, 2**32, 2**52, 2**63, 2**64 - 1, dice.getrandbits(64)]
        words[place] = dice.choice([number.to_bytes(8, "little") for number in numbers] + [np.float64(x).tobytes() for x in NUMBERS])
    elif what == "near":
        words[place] = ((int.from_bytes(words[place], "little") + dice.choice([1, -1])) % 2**64).to_bytes(8, "little")
    elif what == "missing":
        del words[place]
    elif what == "twice":
        words.insert(place, words[place])
    elif what == "exchanged":
        words[place], words[other] = words[other], words[place]
    elif what == "cut":
        del words[place:]
    else:
        words[place : place + 16] = words[other : other + 16]
    state = data[:16] + len(words).to_bytes(8, "little") + b"".join(words)
    path.write_bytes(state + hashlib.sha256(state).digest())
    return f"{what} at word {place} of {number} of the state"


def resume(attractor, whole, path, folder, verified):
    """What `--resume` says of an interrupted run or sweep; a run's state may be another one."""
    sweeps = whole.name == "swept.h5.part"
    if sweeps:
        _, model, *over = INTERRUPTED[whole.name]
        command = ["sweep", Path(model).resolve(), *over, "-o", path.stem, "--resume", "--quiet"]
    else:
        command = ["run", "--resume", path.stem, "--for", "100ms", "--quiet"]
    # A sweep that goes on has much to do; what is refused may be found out late.
    seconds = 2 if sweeps and verified == 0 else PATIENCE
    try:
        done = subprocess.run([*LIMIT, attractor, *command], cwd=folder, capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return 0 if sweeps else None, "", ""
    return done.returncode, done.stderr.decode(errors="replace"), ""


def is_sentence(code, said):
    """A refusal is one line."""
    if code not in (0, 1, 2) or "panicked" in said or len(said.splitlines()) > 1:
        return False
    return code != 2 or said.startswith("error: ")


def attempt(job):
    """One damaged file: what was counted, and what is wrong with what was told of it."""
    attractor, whole, seed, plain = job
    dice, counts, wrong = random.Random(seed), collections.Counter(), []
    with tempfile.TemporaryDirectory(dir=whole.parent) as folder:
        folder = Path(folder)
        path = folder / ("mutated.h5.part" if whole.suffix == ".part" else "mutated.h5")
        shutil.copy(whole, path)
        changes = [change_structure, change_structure, change_bytes]
        of_state = is_run(whole) and dice.random() < 0.5
        if is_run(whole):
            shutil.copy(whole.with_suffix(".checkpoint"), folder / "mutated.h5.checkpoint")
        try:
            told = change_state(dice, folder / "mutated.h5.checkpoint") if of_state else dice.choice(changes)(dice, path)
        except Exception as error:  # What h5py does not write is no file to be read.
            return collections.Counter({f"not made: {type(error).__name__}": 1}), []
        counts["files"] += 1
        kept = {file.suffix: file.read_bytes() for file in folder.iterdir()}
        others = OF_TABLES if whole.stem.startswith(("table", "swept")) else OTHERS
        # All go through one door: not every file is shown to all of them.
        commands = [["verify"], ["info"], *dice.sample(others, dice.choice([0, 0, 1]))]
        found = {}
        for command in commands:
            found[" ".join(command)] = done = call(attractor, command, path.name, folder)
            # Every command would find that out anew.
            if "for more than" in done[1]:
                counts["endless"] += 1
                break
        verified = found["verify"][0]
        if whole.name in INTERRUPTED and (of_state or dice.random() < 0.3):
            found["resume"] = resume(attractor, whole, path, folder, verified)
            # What went on is as sound as it was.
            if found["resume"][0] == 0 and is_run(whole) and path.exists():
                found["resumed"] = call(attractor, ["verify"], path.name, folder)
        for name, (code, said, _) in found.items():
            kind = "hang" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
            counts[f"{name.split()[0]}: {kind}"] += 1
            false = name not in ("verify", "resumed") and code in (0, 1) and verified not in (0, None)
            false |= name == "resumed" and code != 0
            if false:
                counts[f"{name} tells what verify refuses"] += 1
            if not is_sentence(code, said) or false:
                # As it was before a run went on with it.
                for suffix, data in kept.items():
                    (whole.parent / f"wrong-{seed}{suffix}").write_bytes(data)
                wrong.append(f"{whole.name} (seed {seed}): {told}: {name}: {kind}, verify {verified}: {said[:300]}")
        if verified == 0 and "info" in found and found["info"][0] in (0, 1) and found["info"][2] != plain:
            counts[f"unseen: {told.split(' at byte')[0]} in {whole.name}"] += 1
    return counts, wrong


def check(attractor, number, seed, folder):
    files = make(attractor, folder)
    plain = {}
    for path in files:
        found = {command[0]: call(attractor, command, path, folder) for command in [["verify"], ["info"], *OTHERS]}
        print(f"{path.name}: {path.stat().st_size} bytes, " + ", ".join(f"{name} {found[name][0]}" for name in found), flush=True)
        told = call(attractor, ["info"], path.name, path.parent)[2]
        plain[path] = told.replace(path.with_suffix("").name if path.suffix == ".part" else path.name, "mutated.h5")
    jobs = [(attractor, files[k % len(files)], seed * 1_000_000 + k, plain[files[k % len(files)]]) for k in range(number)]
    counts, wrong, begin = collections.Counter(), [], time.monotonic()
    with multiprocessing.Pool(2) as pool:
        for done, (counted, false) in enumerate(pool.imap_unordered(attempt, jobs, chunksize=4), 1):
            counts += counted
            wrong += false
            for line in false:
                print(line, flush=True)
            if done % 100 == 0:
                print(f"{done} of {number} after {time.monotonic() - begin:.0f} s, {len(wrong)} wrong", flush=True)
    unseen = {what: n for what, n in counts.items() if what.startswith("unseen")}
    for what in sorted(set(counts) - set(unseen)):
        print(f"{what}: {counts[what]}")
    print(f"told in another way though it verifies: {sum(unseen.values())}", *sorted(unseen), sep="\n  ")
    return not wrong


if __name__ == "__main__":
    attractor, *numbers = check_resume.asked("usage: check_hostile.py ATTRACTOR [NUMBER [SEED]]", 2)
    if numbers[2:]:
        check_resume.refuse(f"a further argument {numbers[2]!r}", "there are two")
    number, seed = [*numbers, *[500, 1][len(numbers) :]]
    with tempfile.TemporaryDirectory() as name:
        good = check(attractor, number, seed, Path(name))
        for wrong in Path(name).glob("wrong-*"):
            kept = Path("target/hostile")
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(wrong, kept)
    sys.exit(0 if good else 1)
