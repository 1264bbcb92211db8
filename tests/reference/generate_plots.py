"""Write plots.json: what lifetimes 0.11.3 draws, for tests/plotting/test_plotting.py.

Run it with an interpreter that has the real lifetimes, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 matplotlib==3.7.5 numpy==1.26.4 pandas==1.5.3 \\
        scipy==1.15.3 "setuptools<80"
    oracle/bin/python tests/reference/generate_plots.py

Infinite densities and the missing first difference are written as null. The bars of the model in
plot_period_transactions are random in lifetimes: their mean and standard deviation over DRAWS
plots are written.
"""

import json
import math
import platform
import warnings
from pathlib import Path

import lifetimes
import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import scipy
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, plotting
from lifetimes.datasets import load_cdnow_summary, load_dataset
from lifetimes.utils import calibration_and_holdout_data, summary_data_from_transaction_data
from matplotlib import pyplot as plt

OUTPUT = Path(__file__).with_name("plots.json")
DRAWS = 60
LOG_COLUMNS = ["_", "customer_id", "date", "number", "price"]
END = "1997-09-30"
CUSTOMER = 13


def numbers(values):
    """Turn an array into JSON, with null for what is not finite."""
    array = np.asarray(values, dtype=float)
    if array.ndim > 1:
        return [numbers(row) for row in array]
    return [float(value) if math.isfinite(value) else None for value in array]


def describe(ax):
    """Record what is on the axes: texts and the data behind lines, bars, dashes and images."""
    legend = ax.get_legend()
    heading = ax.figure._suptitle
    return {
        "title": ax.get_title(),
        "xlabel": ax.get_xlabel(),
        "ylabel": ax.get_ylabel(),
        "suptitle": None if heading is None else heading.get_text(),
        "legend": None if legend is None else [text.get_text() for text in legend.get_texts()],
        "lines": [
            {
                "x": numbers(line.get_xdata(orig=False)),
                "y": numbers(line.get_ydata(orig=False)),
                "style": line.get_linestyle(),
                "color": matplotlib.colors.to_hex(line.get_color()),
            }
            for line in ax.lines
        ],
        "bars": [[float(bar.get_height()) for bar in group] for group in ax.containers],
        "bar_names": [text.get_text() for text in ax.get_xticklabels()] if ax.containers else [],
        "dashes": [
            numbers(path[:, 0]) for group in ax.collections for path in group.get_segments()
        ],
        "images": [numbers(image.get_array()) for image in ax.images],
        "xlim": numbers(ax.get_xlim()),
        "ylim": numbers(ax.get_ylim()),
        "axes": len(ax.figure.axes),
    }


def drawn(plot, *args, **kwargs):
    plt.close("all")
    ax = plot(*args, **kwargs)
    found = describe(ax)
    plt.close("all")
    return found


def fitted(factory, table):
    return factory().fit(table["frequency"], table["recency"], table["T"])


def period_transactions(model):
    found = drawn(plotting.plot_period_transactions, model)
    heights = []
    for _ in range(DRAWS):
        sample = model.generate_new_data(size=len(model.data))["frequency"]
        heights.append([float((sample == n).sum()) for n in range(7)])
    found["bars"][1] = None
    found["model_mean"] = numbers(np.mean(heights, axis=0))
    found["model_sd"] = numbers(np.std(heights, axis=0, ddof=1))
    return found


def main():
    warnings.simplefilter("ignore")
    np.random.seed(0)  # noqa: NPY002 lifetimes draws from the global generator
    weekly = load_cdnow_summary()
    log = load_dataset("CDNOW_sample.txt", header=None, names=LOG_COLUMNS, sep=r"\s+")
    log["date"] = pd.to_datetime(log["date"], format="%Y%m%d")
    daily = summary_data_from_transaction_data(
        log, "customer_id", "date", observation_period_end=END
    )
    holdout = calibration_and_holdout_data(log, "customer_id", "date", END)
    one = log[log["customer_id"] == CUSTOMER]
    bg, mbg = fitted(BetaGeoFitter, weekly), fitted(ModifiedBetaGeoFitter, weekly)
    by_day = fitted(BetaGeoFitter, daily)

    p = plotting
    plots = {
        "period": period_transactions(by_day),
        "matrix": drawn(p.plot_frequency_recency_matrix, bg),
        "matrix of four periods": drawn(
            p.plot_frequency_recency_matrix, mbg, T=4, max_frequency=5, max_recency=12
        ),
        "alive": drawn(p.plot_probability_alive_matrix, bg),
        "alive small": drawn(p.plot_probability_alive_matrix, mbg, 4, 9),
        "repeat": drawn(p.plot_expected_repeat_purchases, bg),
        "repeat coloured": drawn(p.plot_expected_repeat_purchases, mbg, label="MBG", color="g"),
        "rate": drawn(p.plot_transaction_rate_heterogeneity, bg),
        "dropout": drawn(p.plot_dropout_rate_heterogeneity, mbg, suptitle="Leaving"),
        "history D": drawn(p.plot_history_alive, by_day, 540, one, "date"),
        "history W": drawn(p.plot_history_alive, bg, 80, one, "date", freq="W"),
        "history M": drawn(p.plot_history_alive, bg, 20, one, "date", freq="M"),
        "history from a date": drawn(
            p.plot_history_alive, by_day, 540, one, "date", start_date=pd.Timestamp("1997-06-01")
        ),
    }
    for kind in ("frequency_cal", "recency_cal", "T_cal", "time_since_last_purchase"):
        plots[f"holdout {kind}"] = drawn(
            p.plot_calibration_purchases_vs_holdout_purchases, by_day, holdout, kind=kind, n=9
        )
    columns = log, "date", "customer_id"
    for name, plot in [
        ("cumulative", p.plot_cumulative_transactions),
        ("incremental", p.plot_incremental_transactions),
    ]:
        plots[name] = drawn(plot, by_day, *columns, 300, 273)
        plots[f"{name} by week"] = drawn(plot, bg, *columns, 70, 39, freq="W", xlabel="week")
        plots[f"{name} by date"] = drawn(plot, bg, *columns, 70, 39, freq="W", set_index_date=True)
    document = {
        "provenance": {
            "what": "the data behind the plots of lifetimes on its CDNOW sample",
            "script": "tests/reference/generate_plots.py",
            "lifetimes": lifetimes.__version__,
            "python": platform.python_version(),
            "matplotlib": matplotlib.__version__,
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
        },
        "params": {
            "BetaGeoFitter weekly": dict(bg.params_),
            "ModifiedBetaGeoFitter weekly": dict(mbg.params_),
            "BetaGeoFitter daily": dict(by_day.params_),
        },
        "customer": CUSTOMER,
        "end": END,
        "draws": DRAWS,
        "plots": plots,
    }
    OUTPUT.write_text(json.dumps(document, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
