"""The command in the package: the same words, exit codes and recordings."""

import subprocess
import sys

import pytest

import attractor as at


def test_it_says_what_the_command_says(call, by_command):
    assert call("--version").stdout.split() == ["attractor", at.__version__]
    assert call("info", by_command).stdout.strip() == at.open(by_command).summary().strip()
    assert call("check", "nowhere.toml").returncode == 2
    assert "found no readable model file" in call("check", "nowhere.toml").stderr
    assert call("no-such-word").returncode == 2
    wrong = call("run", at.Models.folder / "memory-1000.toml", "-o", "/dev/null")
    assert wrong.returncode == 2 and "/dev/null" in wrong.stderr


def test_it_is_a_module_too(tmp_path):
    words = [sys.executable, "-m", "attractor", "run", str(at.Models.folder / "letters.toml"), "-o", "out.h5"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    command_line = at.open(tmp_path / "out.h5").provenance["command_line"]
    assert command_line.startswith("attractor run ") and command_line.endswith(" -o out.h5")


def test_a_file_that_kills_the_library_does_not_kill_python(tmp_path, by_command, call):
    """Bytes are changed here and there: it is opened, or refused, by the library and by the command."""
    whole, refused = bytearray(by_command.read_bytes()), 0
    for k in range(12):
        damaged = bytearray(whole)
        for place in range(97 * (k + 1), 30_000, 1511 + 17 * k):
            damaged[place] ^= 0xFF
        path = tmp_path / f"damaged-{k}.h5"
        path.write_bytes(damaged)
        try:
            at.open(path).summary()
        except at.AttractorError as error:
            assert str(path) in str(error)
            refused += 1
    assert refused > 0
    assert call("info", path).returncode in (0, 1, 2)


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_it_completes_itself(call, name):
    assert "attractor" in call("completions", name).stdout
