"""Which lines of src the tests reach: of every file, and in all, which must be at least 90 %.

usage: check_coverage.py COV FOLDER

COV is the program `cov` of the crate llvm_profparser; FOLDER holds what was built with `-C instrument-coverage`, and in
profiles/ what its runs left. Tests within src do not count. What a process did that was killed is not known.
"""

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

LEAST = 0.9


def programs(folder):
    """The tests, and the command that some of them call."""
    found = [folder / "debug" / "attractor"]
    for path in (folder / "debug" / "deps").iterdir():
        if re.fullmatch(r"(attractor|library|command)-[0-9a-f]+", path.name) and path.stat().st_mode & 0o100:
            found.append(path)
    return found


def tests_begin(source):
    """The line from which on a file holds tests."""
    lines = source.read_text().splitlines()
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""]), 1):
        if line == "#[cfg(test)]" and following.startswith("mod tests {"):
            return number
    return len(lines) + 1


def main(cov, folder):
    folder, sources = Path(folder), Path("src").resolve()
    arguments = [cov, "show"]
    for profile in sorted((folder / "profiles").glob("*.profraw")):
        arguments += ["--instr-profile", profile]
    for program in programs(folder):
        arguments += ["--object", program]
    shown = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, check=True).stdout
    reached, source, end = defaultdict(dict), None, 0
    for line in shown.splitlines():
        if line.startswith("/"):
            source = Path(line)
            own = source.is_relative_to(sources) and source.name != "tests.rs" and "tests" not in source.parts
            end = tests_begin(source) if own else 0
        elif (match := re.match(r" *(\d+)\| *(\d+)\|", line)) and int(match[1]) < end:
            number = int(match[1])
            reached[source][number] = reached[source].get(number, 0) + int(match[2])
    shares = {
        source.relative_to(sources): (sum(count > 0 for count in lines.values()), len(lines))
        for source, lines in reached.items()
    }
    for source, (hit, lines) in sorted(shares.items(), key=lambda item: item[1][0] / item[1][1]):
        print(f"{100 * hit / lines:6.1f} %  {hit:5} of {lines:5}  {source}")
    hit, lines = (sum(column) for column in zip(*shares.values()))
    print(f"{100 * hit / lines:.1f} % of {lines} lines in {len(shares)} files")
    return hit / lines >= LEAST


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
