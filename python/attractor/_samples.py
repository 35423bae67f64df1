"""Values over time, with what their axes and units are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from xarray import DataArray


@dataclass(frozen=True, eq=False)
class Samples:
    """Values at moments, or means over intervals; numpy takes it for its values."""

    #: (time,), or (time, column).
    values: NDArray[Any]
    #: Of the moments, or the middles of the intervals.
    time: NDArray[np.float64]
    #: From one to the next, on the same clock.
    interval: float
    #: What the values are.
    name: str
    #: Of the values; "" for plain numbers.
    units: str
    #: The unit of time: ms or sweeps.
    clock: str
    #: What the columns are: pattern or neuron; "" if there are none.
    column: str = ""
    #: Their numbers, patterns from 1 and neurons from 0.
    labels: NDArray[np.uint64] | None = None
    #: Their names, if they have some.
    names: tuple[str, ...] = ()

    def xarray(self) -> DataArray:
        """The same as an array with labelled axes (needs xarray), over the same memory."""
        import xarray

        coords: dict[str, Any] = {"time": ("time", self.time, {"units": self.clock})}
        dims = ["time"]
        if self.column:
            dims.append(self.column)
            coords[self.column] = self.labels
        if self.names:
            coords["name"] = (self.column, list(self.names))
        attrs = {"units": self.units} if self.units else {}
        return xarray.DataArray(self.values, coords, dims, name=self.name, attrs=attrs)

    def sel(self, *args: Any, **kwargs: Any) -> DataArray:
        """What is chosen by labels, for example `sel(pattern=1)` or `sel(time=slice(500, 800))`, as xarray does it."""
        return self.xarray().sel(*args, **kwargs)

    @property
    def plot(self) -> Any:
        """Draws it, as xarray does with matplotlib."""
        return self.xarray().plot

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the values."""
        return self.values.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, key: Any) -> Any:
        return self.values[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        import numpy as np

        return np.array(self.values, dtype=dtype, copy=copy) if copy else np.asarray(self.values, dtype)

    def __repr__(self) -> str:
        units = f" {self.units}" if self.units else ""
        axes = f"time, {self.column}" if self.column else "time"
        return f"<Samples {self.name}{units} ({axes}) {self.shape}, every {self.interval:g} {self.clock}>"
