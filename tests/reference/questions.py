"""The questions that lifetimes and tenure are both asked, by the same lines of code.

A question is a name, the call, and for each value that is answered the name of what mpmath is to
answer instead (a function of generate_grid.py, on top of tests/oracle*) and its arguments.
"""

import itertools

import numpy as np

HORIZONS = [1.0, 26.0, 365.0]
CLV = [("W", 12, 0.01), ("D", 3, 0.01), ("M", 6, 0.05), ("H", 1, 0.01), ("W", 1.5, 0.0)]
PERIODS_A_MONTH = {"W": 4.345, "M": 1.0, "D": 30.0, "H": 720.0}


def history(some):
    return some["frequency"], some["recency"], some["T"]


def rows(some):
    return [
        (int(x), float(t_x), float(T))
        for x, t_x, T in zip(some["frequency"], some["recency"], some["T"])  # noqa: B905
    ]


def purchases(model, some):
    """Ask a model of buying in continuous time."""
    name, few = type(model).__name__, some.iloc[::4]
    arrays = [column.to_numpy() for column in history(some)]
    expected = model.conditional_expected_number_of_purchases_up_to_time
    pareto = name == "ParetoNBDFitter"
    for t in HORIZONS:
        yield (
            f"expected {t:g}",
            lambda t=t: expected(t, *history(some)),
            [("expected_purchases", (t, *row)) for row in rows(some)],
        )
    yield (
        "predict",
        lambda: model.predict(26.0, *history(few)),
        [("expected_purchases", (26.0, *row)) for row in rows(few)],
    )
    yield (
        "expected arrays",
        lambda: expected(26.0, *arrays),
        [("expected_purchases", (26.0, *row)) for row in rows(some)],
    )
    times = np.arange(1.0, 4.0)
    yield (
        "expected times",
        lambda: expected(times, *(array[:3] for array in arrays)),
        [("expected_purchases", (t, *row)) for t, row in zip(times, rows(some))],  # noqa: B905
    )
    yield (
        "alive",
        lambda: model.conditional_probability_alive(*history(some)),
        [("probability_alive", row) for row in rows(some)],
    )
    yield (
        "alive arrays",
        lambda: model.conditional_probability_alive(*arrays),
        [("probability_alive", row) for row in rows(some)],
    )
    yield (
        "alive number",
        lambda: model.conditional_probability_alive(*rows(some)[1]),
        [("probability_alive", rows(some)[1])],
    )
    yield (
        "new",
        lambda: model.expected_number_of_purchases_up_to_time(np.array(HORIZONS)),
        [("expected_new", (t,)) for t in HORIZONS],
    )
    yield (
        "new number",
        lambda: model.expected_number_of_purchases_up_to_time(26.0),
        [("expected_new", (26.0,))],
    )
    yield (
        "matrix",
        lambda: model.conditional_probability_alive_matrix(4, 6),
        [("probability_alive", (x, t_x, 6)) for t_x in range(7) for x in range(5)],
    )
    if pareto:
        counts = model.conditional_probability_of_n_purchases_up_to_time
        for n, t in [(0, 1.0), (2, 26.0), (9, 52.0)]:
            yield (
                f"chance of {n} by {t:g}",
                lambda n=n, t=t: counts(n, t, *history(few)),
                [("pmf_conditional", (t, n, *row)) for row in rows(few)],
            )
    else:
        for n, t in itertools.product([0, 1, 2, 7, 30], [1.0, 26.0]):
            yield (
                f"chance of {n} by {t:g}",
                lambda n=n, t=t: model.probability_of_n_purchases_up_to_time(t, n),
                [("pmf", (t, n))],
            )


def spend(model, buying, some):
    """Ask a model of spending, beside one of buying."""
    x, money, few = some["frequency"], some["monetary_value"], some.iloc[::4]
    mean = model.conditional_expected_average_profit
    pairs = list(zip(x.astype(int).tolist(), money.astype(float).tolist()))  # noqa: B905
    yield "spend", lambda: mean(x, money), [("expected_spend", pair) for pair in pairs]
    yield (
        "spend arrays",
        lambda: mean(x.to_numpy(), money.to_numpy()),
        [("expected_spend", pair) for pair in pairs],
    )
    yield "spend number", lambda: mean(*pairs[1]), [("expected_spend", pairs[1])]
    for freq, time, rate in CLV:
        yield (
            f"clv {freq} {time:g} {rate:g}",
            lambda freq=freq, time=time, rate=rate: model.customer_lifetime_value(
                buying,
                *history(few),
                few["monetary_value"],
                time=time,
                discount_rate=rate,
                freq=freq,
            ),
            [
                ("clv", (freq, time, rate, *row, money))
                for row, money in zip(rows(few), few["monetary_value"].astype(float))  # noqa: B905
            ],
        )


def periods(model, some):
    """Ask a model of buying in discrete time."""
    columns = [some[name] for name in ("frequency", "recency", "n_periods")]
    arrays = [column.to_numpy() for column in columns]
    each = [tuple(map(int, row)) for row in zip(*columns)]  # noqa: B905
    for m in (1, 5, 40):
        yield (
            f"expected {m}",
            lambda m=m: model.conditional_expected_number_of_purchases_up_to_time(m, *columns),
            [("expected_purchases", (m, *row)) for row in each],
        )
    for m in (0, 3):
        yield (
            f"alive {m}",
            lambda m=m: model.conditional_probability_alive(m, *columns),
            [("probability_alive", (m, *row)) for row in each],
        )
    yield (
        "expected arrays",
        lambda: model.conditional_expected_number_of_purchases_up_to_time(5, *arrays),
        [("expected_purchases", (5, *row)) for row in each],
    )
    yield (
        "alive arrays",
        lambda: model.conditional_probability_alive(1, *arrays),
        [("probability_alive", (1, *row)) for row in each],
    )
    yield (
        "log-likelihood",
        lambda: model._loglikelihood(list(model.params_), *arrays),
        [("log_likelihood", row) for row in each],
    )


def counts(model, table):
    """Ask how many customers buy how often; the rows are the frequencies of the fit."""
    n, seen = int(table["n_periods"].max()), sorted(set(table["frequency"].tolist()))
    total = int(table["weights"].sum())
    yield (
        "counts",
        lambda: model.expected_number_of_transactions_in_first_n_periods(n),
        [("customers", (total, n, x)) for x in seen],
    )
