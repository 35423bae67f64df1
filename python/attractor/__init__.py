"""Attractor memories: spiking, binary, rate and modern networks that store patterns, run and measured from Python.

A model is a file or a dictionary; a run of it is a recording, in memory or in a file; what it holds are arrays.

>>> import attractor as at
>>> run = at.models["memory-1000"].with_(seed=3).run()
>>> times, neurons = run.spikes["E"]
"""

from attractor._attractor import __version__
from attractor._command import Told, command, schema
from attractor._errors import AttractorError, DivergenceError, FileError, ModelError, ModelWarning
from attractor._insight import states, theory
from attractor._model import Model, Models, models
from attractor._network import Edges, Network
from attractor._run import Efficacies, Epoch, Potentials, Run, Traces, Verdict, go_on, open
from attractor._samples import Samples
from attractor._simulation import Simulation, resume
from attractor._sweep import Table, merge, open_table, plan, sweep

__all__ = [
    "AttractorError",
    "DivergenceError",
    "Edges",
    "Efficacies",
    "Epoch",
    "FileError",
    "Model",
    "ModelError",
    "ModelWarning",
    "Models",
    "Network",
    "Potentials",
    "Run",
    "Samples",
    "Simulation",
    "Table",
    "Told",
    "Traces",
    "Verdict",
    "__version__",
    "command",
    "go_on",
    "merge",
    "models",
    "open",
    "open_table",
    "plan",
    "resume",
    "schema",
    "states",
    "sweep",
    "theory",
]
