"""How an answer of lifetimes is written down, so that one of tenure can be held against it."""

import math

import numpy as np
import pandas as pd


def numbers(values):
    """Turn numbers into JSON: 15 digits, null for what is not finite."""
    flat = np.ravel(np.asarray(values, dtype=float)).tolist()
    return [float(f"{value:.15g}") if math.isfinite(value) else None for value in flat]


def describe(value, own):
    """Describe type, shape, names and values; `own` is the index that a Series should come with."""
    found = {"type": type(value).__name__, "values": numbers(value)}
    if isinstance(value, (pd.Series, pd.DataFrame)):
        found["index_name"] = value.index.name
        if own is None:
            found["index"] = [int(label) for label in value.index]
        else:
            found["own_index"] = bool(value.index.equals(own))
    if isinstance(value, pd.Series):
        found.update(name=value.name, dtype=str(value.dtype))
    elif isinstance(value, pd.DataFrame):
        found["columns"] = list(value.columns)
    elif isinstance(value, np.ndarray):
        found.update(shape=list(value.shape), dtype=str(value.dtype))
    return found
