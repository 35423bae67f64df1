"""Wired networks: synapses as arrays, and networks from arrays."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attractor import _attractor
from attractor._errors import AttractorError, refused
from attractor._views import ByName
from attractor._words import number_of

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse
    from numpy.typing import NDArray

    from attractor._model import Model


@dataclass(frozen=True, eq=False)
class Edges:
    """The synapses of a projection one by one: member k of every array is of synapse k."""

    #: Within the sending population, from 0.
    senders: NDArray[Any]
    #: Within the receiving population, from 0.
    receivers: NDArray[Any]
    #: J, mV, or plain numbers between neurons without spikes; None leaves them to the model.
    efficacies: NDArray[Any] | None = None
    #: ms, or sweeps between neurons without spikes; None leaves them to the model.
    delays: NDArray[Any] | None = None

    def __len__(self) -> int:
        return len(self.senders)

    def __repr__(self) -> str:
        return f"<Edges: {len(self)} synapses>"


class Network:
    """A network down to its synapses: that of a model, or with arrays in the place of what a model draws or learns.

    Args:
        model: the neurons, the patterns, and what is not given otherwise.
        projections: for names of projections of the model their synapses, as `Edges`, or as a matrix J_ij of scipy or numpy
            (receiver i, sender j; 0 is no synapse; delays stay those of the model).
        path: the SONATA file (HDF5) in which synapses of spiking neurons are kept, and from which the model reads them. Without
            one it is a temporary file, which is gone when Python ends. Couplings of other neurons stand in the model itself.
        force: overwrites an existing file.
        threads: one per core if none is given.

    Efficacies in a file are kept in single precision, unless all are whole multiples of the smallest.

    Raises:
        ModelError: if arrays do not fit the populations or each other, or break Dale's law, in the words of the model file.
        FileError: if the file exists, or cannot be written.
    """

    def __init__(
        self,
        model: Model,
        projections: Mapping[str, Edges | Any] | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        force: bool = False,
        threads: int | None = None,
    ) -> None:
        #: With these synapses: it runs, starts, and is swept like any other.
        self.model = model
        if projections:
            file = _temporary() if path is None else Path(path).absolute()
            self.model, self._native = _wired(model, projections, file, force, number_of(threads))
        else:
            self._native = model._native.wire(number_of(threads))

    @property
    def populations(self) -> dict[str, int]:
        """The number of neurons of every population."""
        return {name: it["size"] for name, it in self.model.to_dict()["population"].items()}

    @property
    def projections(self) -> dict[str, tuple[str, str]]:
        """The sending and the receiving population of every projection."""
        return {name: (sender, receiver) for name, sender, receiver, _ in self._native.projections()}

    @property
    def synapses(self) -> int:
        """How many synapses all projections have together."""
        return sum(number for *_, number in self._native.projections())

    @property
    def edges(self) -> ByName[Edges]:
        """The synapses of a projection, one by one, by delay, then by sender, then by receiver."""
        return ByName(lambda: list(self.projections), lambda name: Edges(*self._native.edges(name)))

    @property
    def patterns(self) -> ByName[NDArray[Any]]:
        """The patterns of a population (pattern, neuron): bool, or values of graded patterns."""
        return ByName(lambda: list(self.model.to_dict().get("patterns", {})), self._patterns)

    def to_scipy(self, projection: str) -> scipy.sparse.csr_array:
        """J_ij of a projection, row i for what neuron i receives and column j for what neuron j sends, in mV or plain numbers
        (needs scipy). Several synapses of a pair add up; delays are in `edges`."""
        import scipy.sparse

        edges, (sender, receiver) = self.edges[projection], self.projections[projection]
        shape = (self.populations[receiver], self.populations[sender])
        return scipy.sparse.csr_array((edges.efficacies, (edges.receivers, edges.senders)), shape=shape)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Writes neurons and synapses in SONATA's layout (HDF5), as `attractor export` does; a model reads them with
        `connect = { file = "..." }`.

        Raises:
            FileError: if the file exists, or cannot be written, or if its neurons have no spikes.
        """
        self._native.export(os.fspath(path), force)
        return Path(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return Network, (self.model,)

    def __repr__(self) -> str:
        neurons = ", ".join(f"{size} {name}" for name, size in self.populations.items())
        return f"<Network of {self.model.title!r}: {neurons}; {self.synapses} synapses>"

    def _patterns(self, population: str) -> NDArray[Any]:
        values = self._native.patterns(population)
        if values is None:
            raise KeyError(population)
        return values.view(bool) if values.dtype == "uint8" else values


def _wired(
    model: Model, projections: Mapping[str, Any], file: Path, force: bool, threads: int
) -> tuple[Model, _attractor.Network]:
    """The model with these synapses, and its network; a file gets its name when all is accepted that stands in it."""
    new = file.with_name(f".{file.name}.{os.getpid()}-{next(_NUMBERS)}")
    values, written = _given(model, projections, new)
    folder = model._native.path.parent
    if not written:
        given = type(model).from_dict(values, folder)
        return given, given._native.wire(threads)
    _attractor.check_output(file, force)
    for name, own in model.to_dict()["projection"].items():
        if name not in projections and _reads(own, folder, file):
            raise refused(
                f"projection.{name}", f"found that its synapses stand in {file}", "", "choose another path, or give them too"
            )
    try:
        _attractor.write_edges(new, written, False)
        native = type(model).from_dict(values, folder)._native.wire(threads)
        _attractor.check_output(file, force)
        os.replace(new, file)
    except AttractorError as error:
        raise error.about(new, file) from None
    finally:
        new.unlink(missing_ok=True)
    for name, *_ in written:
        values["projection"][name]["connect"]["file"]["path"] = os.fspath(file)
    return type(model).from_dict(values, folder), native


def _reads(own: dict[str, Any], folder: Path, file: Path) -> bool:
    """Whether a projection reads its synapses from this file."""
    connect = own.get("connect")
    read = connect.get("file") if isinstance(connect, dict) else None
    return read is not None and (folder / read["path"]).resolve() == file.resolve()


def _given(
    model: Model, projections: Mapping[str, Any], file: Path
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The model with these synapses, and those of them that are to stand in `file`."""
    values = model.to_dict()
    known = values.get("projection", {})
    spiking = "spiking" in values["dynamics"]
    written: list[tuple[Any, ...]] = []
    for name, given in projections.items():
        if name not in known:
            raise refused(f"projection.{name}", "found synapses of no projection", f"the model has {', '.join(known)}", "")
        own = known[name]
        sizes = tuple(values["population"][own[end]]["size"] for end in ("to", "from"))
        edges = given if isinstance(given, Edges) else _edges(name, given, sizes)
        if spiking:
            written.append((name, [own["from"], own["to"]], *_columns(edges)))
            known[name] = _read(own, edges, file, name)
        else:
            known[name] = _matrix(name, own, edges, sizes)
    return values, written


def _edges(name: str, matrix: Any, sizes: tuple[int, ...]) -> Edges:
    """What a matrix of scipy or numpy tells."""
    import numpy as np

    sparse = hasattr(matrix, "tocoo")
    matrix = matrix if sparse else np.asarray(matrix)
    if tuple(matrix.shape) != sizes:
        raise refused(
            f"projection.{name}",
            f"found a matrix of shape {tuple(matrix.shape)}",
            f"it has a row for each of {sizes[0]} receivers and a column for each of {sizes[1]} senders",
            "give one of that shape",
        )
    if sparse:
        coo = matrix.tocoo()
        own = coo.data != 0
        return Edges(coo.col[own], coo.row[own], coo.data[own])
    rows, columns = np.nonzero(matrix)
    return Edges(columns, rows, matrix[rows, columns])


def _columns(edges: Edges) -> tuple[Any, ...]:
    """The arrays as the library takes them."""
    import numpy as np

    def ids(neurons: Any) -> Any:
        neurons = np.asarray(neurons)
        if neurons.size and (neurons.min() < 0 or neurons.max() >= 2**32 or (neurons % 1 != 0).any()):
            raise ValueError("neurons are whole numbers from 0")
        return np.ascontiguousarray(neurons, np.uint32)

    def real(column: Any) -> Any:
        return None if column is None else np.ascontiguousarray(column, np.float64)

    return ids(edges.senders), ids(edges.receivers), real(edges.efficacies), real(edges.delays)


def _read(own: dict[str, Any], edges: Edges, file: Path, name: str) -> dict[str, Any]:
    """A projection that reads these synapses from a file."""
    gone = {"autapses", "multapses"}
    if edges.efficacies is not None:
        gone |= {"learning", "efficacy", "scale", "part"}
    if edges.delays is not None:
        gone |= {"delay", "delay_step"}
    kept = {key: value for key, value in own.items() if key not in gone}
    return kept | {"connect": {"file": {"path": os.fspath(file), "edges": name}}}


def _matrix(name: str, own: dict[str, Any], edges: Edges, sizes: tuple[int, ...]) -> dict[str, Any]:
    """A projection with these couplings."""
    import numpy as np

    senders, receivers, efficacies, delays = _columns(edges)
    if efficacies is None:
        raise refused(f"projection.{name}", "found couplings without efficacies", "each has one", "give them")
    outside = (senders >= sizes[1]).any() or (receivers >= sizes[0]).any()
    if outside or not len(senders) == len(receivers) == len(efficacies):
        raise refused(
            f"projection.{name}",
            "found couplings of neurons that there are not, or columns of different lengths",
            f"there are {sizes[1]} senders and {sizes[0]} receivers",
            "",
        )
    values = np.zeros(sizes)
    np.add.at(values, (receivers, senders), efficacies)
    kept = {key: own[key] for key in ("from", "to", "delay", "autapses") if key in own}
    if delays is not None and len(delays):
        if (delays != delays[0]).any():
            raise refused(f"projection.{name}", "found different delays", "all couplings of a projection have one", "")
        kept.pop("delay", None)
        if delays[0] > 0:
            kept["delay"] = f"{delays[0]:g} sweeps"
    return kept | {"connect": "all_to_all", "efficacy": {"matrix": values.tolist()}}


_NUMBERS = iter(range(1, 1 << 62))


def _temporary() -> Path:
    """A file that is gone when Python ends."""
    return _folder() / f"synapses-{os.getpid()}-{next(_NUMBERS)}.h5"


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="attractor-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, owner: int) -> None:
    # Whoever was forked from the owner ends before it.
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
