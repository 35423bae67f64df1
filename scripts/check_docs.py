"""What the documents show in Python runs, and the schema of the model file knows right models from wrong ones.

Usage: check_docs.py FOLDER      (a folder with memory-8000.h5, delayed-match-1000.h5, letters.h5 and capacity.h5)
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema

SCHEMA = Path("models/attractor.schema.json")
DOCUMENTS = [Path("README.md"), *sorted(Path("docs").glob("*.md"))]
# Every example with the recordings that it reads.
EXAMPLES = {
    "read_recording.py": ["memory-8000.h5"],
    "trials_pandas.py": ["delayed-match-1000.h5", "letters.h5"],
    "trials_pynapple.py": ["delayed-match-1000.h5"],
    "recall.py": ["letters.h5"],
}


def check_schema(failures):
    """Models, and the models in documents, are valid; those with an unknown key are not."""
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    validator.check_schema(validator.schema)

    def errors(text):
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(tomllib.loads(text))]

    right = [(path, path.read_text()) for path in sorted(Path("models").glob("*.toml"))]
    for path in DOCUMENTS:
        right += [(path, block) for block in re.findall(r"```toml\n(.*?)```", path.read_text(), re.DOTALL)]
    for path, text in right:
        failures += [f"{path} is not valid: {error}" for error in errors(text)]
    wrong = [path for path in sorted(Path("tests/bad").glob("*.toml")) if misspelt(path)]
    failures += [f"{path} is valid" for path in wrong if not errors(path.read_text())]
    print(f"the schema knows {len(right)} right models and {len(wrong)} wrong ones")
    if len(right) < 30 or len(wrong) < 5:
        failures.append("models are gone")


def misspelt(path):
    """Whether the mistake of a wrong model is a key that no section has."""
    sentence = path.read_text().split("\n")[1]
    return sentence.startswith(f"# error: {path}:") and "found the unknown key" in sentence


def check_python(folder, failures):
    """Blocks and examples run where the recordings stand."""
    runs = []
    for path in DOCUMENTS:
        blocks = re.findall(r"```python\n(.*?)```", path.read_text(), re.DOTALL)
        runs += [(f"block {k + 1} of {path}", ["-c", block]) for k, block in enumerate(blocks)]
    examples = {path.name: path.resolve() for path in Path("examples").glob("*.py")}
    if set(examples) != set(EXAMPLES):
        failures.append(f"examples are {sorted(examples)}, not {sorted(EXAMPLES)}")
    for name, path in examples.items():
        runs += [(f"{name} {recording}", [str(path), recording]) for recording in EXAMPLES.get(name, [])]
    for name, arguments in runs:
        done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True)
        print(f"-- {name}\n{done.stdout}{done.stderr}")
        if done.returncode != 0:
            failures.append(f"{name} fails")


def check(folder):
    """Tells what is wrong."""
    failures = []
    check_schema(failures)
    check_python(folder, failures)
    print("\n".join(failures))
    return failures


if __name__ == "__main__":
    sys.exit(1 if check(Path(sys.argv[1])) else 0)
