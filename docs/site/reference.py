"""Pages of reference that are made from the program itself: schema, command line, package, crate."""

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import attractor
import schema


def command(*words):
    """What the command prints."""
    program = Path(sys.executable).parent / "attractor"
    narrow = {**os.environ, "COLUMNS": "88"}
    done = subprocess.run([program, *words], capture_output=True, text=True, check=True, env=narrow)
    return done.stdout.rstrip()


def command_line():
    """The help of every command."""
    top = command("--help")
    names = re.findall(r"^  ([a-z]+) ", top.split("Commands:")[1].split("Options:")[0], re.MULTILINE)
    lines = ["# Help of every command", ""]
    lines += ["What `attractor COMMAND --help` prints. [The command](/command.md) tells more.", "", "```text", top, "```", ""]
    for name in names:
        if name != "help":
            lines += [f"## attractor {name}", "", "```text", command(name, "--help"), "```", ""]
    return "\n".join(lines)


def package():
    """All that the package exports, from its own words."""
    names = [name for name in attractor.__all__ if not name.startswith("__")]
    parts = {"Classes": [], "Functions": [], "Errors": [], "Values": []}
    for name in names:
        it = getattr(attractor, name)
        if inspect.isclass(it) and issubclass(it, (Exception, Warning)):
            parts["Errors"] += [f".. autoexception:: attractor.{name}", "   :members:", ""]
        elif inspect.isclass(it):
            parts["Classes"] += [f".. autoclass:: attractor.{name}", "   :members:", ""]
        elif callable(it):
            parts["Functions"] += [f".. autofunction:: attractor.{name}", ""]
        else:
            parts["Values"] += [f".. py:data:: attractor.{name}", "", f"   {type(it).__doc__}", ""]
    lines = ["# The package, word by word", ""]
    lines += ["Types are those of the package's annotations; [Python](/python.md) tells how it is used.", ""]
    for heading, words in parts.items():
        if words:
            lines += [f"## {heading}", "", "```{eval-rst}", *words, "```", ""]
    return "\n".join(lines)


def crate(rust):
    """The first page of the crate's documentation."""
    head = re.findall(r"^//! ?(.*)$", Path("src/lib.rs").read_text(), re.MULTILINE)
    lines, code = ["# Rust", ""], False
    for line in head:
        if line.startswith("```"):
            code = not code
            line = "```rust" if code and line == "```" else line
        elif code and (line == "#" or line.startswith("# ")):
            continue
        elif not code and line.startswith("# "):
            line = "#" + line
        lines.append(line)
    lines += ["", "## All of it", "", "`cargo doc --open` shows every module, type and function."]
    if rust:
        lines += ["", 'They stand <a href="../rust/attractor/index.html">here</a>, too.']
    return "\n".join([*lines, ""])


def write(sources, rust):
    sources.write("reference/schema.md", schema.page(json.loads(Path("models/attractor.schema.json").read_text())))
    sources.write("reference/commands.md", command_line())
    sources.write("reference/python.md", package())
    sources.write("reference/rust.md", crate(rust))
