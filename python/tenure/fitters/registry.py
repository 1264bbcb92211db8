"""Registry of the models: names, parameters, processes, units and columns.

The engine states them; what it does not know of is added here. Everything else asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tenure import _engine

__all__ = ["ModelEntry", "model_entry", "models"]

_MIXING: dict[str, dict[str, str]] = {
    "BG/NBD": {"purchase": "gamma", "dropout": "beta"},
    "MBG/NBD": {"purchase": "gamma", "dropout": "beta"},
    "Pareto/NBD": {"purchase": "gamma", "dropout": "gamma"},
    "BG/BB": {"purchase": "beta", "dropout": "beta"},
    "Gamma-Gamma": {"spend": "gamma"},
}


@dataclass(frozen=True)
class ModelEntry:
    """A model as all parts of the package see it.

    Parameters
    ----------
    name : str
        Such as ``"BG/NBD"``.
    parameters : tuple of str
        Names of the parameters, in the engine's order.
    processes : tuple of str
        The process that each parameter belongs to: ``"purchase"``, ``"dropout"`` or ``"spend"``.
    units : tuple of str or None
        The unit of each parameter: ``"time"``, ``"money"`` or None.
    columns : tuple of str
        The columns of the customer summary that the model is fitted to.
    mixing : mapping of str to str
        The distribution of each process's rate or probability over customers.

    Examples
    --------
    >>> model_entry("BG/NBD").parameters_of("dropout")
    ('a', 'b')
    """

    name: str
    parameters: tuple[str, ...]
    processes: tuple[str, ...]
    units: tuple[str | None, ...]
    columns: tuple[str, ...]
    mixing: Mapping[str, str]

    def parameters_of(self, process: str) -> tuple[str, ...]:
        """Return the names of the parameters of a process."""
        pairs = zip(self.parameters, self.processes, strict=True)
        return tuple(name for name, of in pairs if of == process)

    def parameters_in(self, unit: str) -> tuple[str, ...]:
        """Return the names of the parameters measured in a unit."""
        pairs = zip(self.parameters, self.units, strict=True)
        return tuple(name for name, of in pairs if of == unit)


@cache
def models() -> Mapping[str, ModelEntry]:
    """Return every model by its name.

    Examples
    --------
    >>> list(models())
    ['BG/NBD', 'MBG/NBD', 'Pareto/NBD', 'BG/BB', 'Gamma-Gamma']
    """
    return {
        model.name: ModelEntry(
            model.name,
            tuple(model.parameters),
            tuple(model.processes),
            tuple(model.units),
            tuple(model.columns),
            _MIXING[model.name],
        )
        for model in _engine.models()
    }


def model_entry(name: str) -> ModelEntry:
    """Return a model by its name."""
    return models()[name]
