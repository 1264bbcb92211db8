"""A simulator of omnichannel customer totals: one row a customer, as a retailer's CRM exports them.

The story of a customer (Schmittlein, Morrison & Colombo, 1987): orders arrive at a rate that is
Gamma-distributed over customers, and the customer leaves for good after an exponential lifetime
whose rate is Gamma-distributed too. Each order is placed online or offline with a probability of
the customer's own, and spend follows the Gamma-Gamma story. The table then keeps, as such exports
do, only customers who used both channels and ordered within the last year.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError

_LAST_DAY = np.datetime64("2021-05-30", "D")
_YEAR = 365
_BATCH = 500_000

# Purchase rate and dropout rate, per day: shape and 1/scale of the Gamma distributions.
_RATE = (0.45, 170.0)
_DROPOUT = (0.9, 200.0)
# Share of a customer's orders that are online.
_ONLINE = (2.2, 1.4)
# Gamma-Gamma: shape of an order's value, shape of the customers' scales, and scale by channel.
_SHAPE, _TASTE, _SCALE_ONLINE, _SCALE_OFFLINE = 2.6, 12.0, 165.0, 140.0

# First orders: share and days before the last day (a wave of new customers two years ago).
_WAVES = ((0.30, 900, 3000), (0.48, 510, 900), (0.22, 3, 510))

_DEVICES = ("Android App", "Mobile", "Ios App", "Desktop")
_DEVICE_SHARES = (0.476, 0.245, 0.142, 0.137)
_KEPT_DEVICE = 0.93
_LABELS = ("AKTIFCOCUK", "ERKEK", "COCUK", "KADIN", "AKTIFSPOR")
_INTEREST = (0.09, 0.19, 0.11, 0.23, 0.29)


def make_omnichannel(n: int = 20_000, *, seed: int = 0) -> pd.DataFrame:
    """Simulate the customer totals of a retailer with a web shop and stores.

    Parameters
    ----------
    n : int
        Customers.
    seed : int
        Seed; the same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        `n` rows and twelve columns, in the types a CSV file is read with: ``master_id``,
        ``order_channel``, ``last_order_channel``, four dates as text (yyyy-mm-dd), orders online
        and offline as floats, spend offline and online, and ``interested_in_categories_12``
        (``"[ERKEK, COCUK]"``, ``"[]"``).

    Raises
    ------
    OptionError
        When `n` is not a positive whole number.

    Notes
    -----
    Customers do leave in this story, and only those with an order in each channel and in the last
    year are in the table: a selected sample, like the exports it imitates. The numbers come from
    :func:`numpy.random.default_rng` and were the same on numpy 1.26 and 2.4; numpy does not promise
    that for every future version.

    Examples
    --------
    >>> customers = make_omnichannel(500, seed=1)
    >>> customers.shape
    (500, 12)
    >>> bool((customers["order_num_total_ever_online"] >= 1).all())
    True
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise OptionError(f"n={n!r}: give a positive whole number of customers.")
    rng = np.random.default_rng(seed)
    kept: list[dict[str, NDArray[Any]]] = []
    found = 0
    while found < n:
        batch = _customers(rng, min(14 * (n - found) + 500, _BATCH))
        kept.append(batch)
        found += len(batch["begin"])
    c = {key: np.concatenate([batch[key] for batch in kept])[:n] for key in kept[0]}

    days, text = _calendar(int(c["begin"].max()))
    device = rng.choice(len(_DEVICES), size=n, p=_DEVICE_SHARES)
    other = rng.choice(len(_DEVICES), size=n, p=_DEVICE_SHARES)
    last_device = np.where(rng.random(n) < _KEPT_DEVICE, device, other)
    offline_last = c["last_offline"] < c["last_online"]
    last = np.minimum(c["last_online"], c["last_offline"])
    channels = pd.Index([*_DEVICES, "Offline"])
    spend_offline, spend_online = _spend(rng, c["offline"], c["online"])
    table: pd.DataFrame = pd.DataFrame(
        {
            "master_id": _identifiers(rng, n),
            "order_channel": channels.take(device),
            "last_order_channel": channels.take(np.where(offline_last, len(_DEVICES), last_device)),
            "first_order_date": text.take(days - c["begin"]),
            "last_order_date": text.take(days - last),
            "last_order_date_online": text.take(days - c["last_online"]),
            "last_order_date_offline": text.take(days - c["last_offline"]),
            "order_num_total_ever_online": c["online"].astype(np.float64),
            "order_num_total_ever_offline": c["offline"].astype(np.float64),
            "customer_value_total_ever_offline": spend_offline,
            "customer_value_total_ever_online": spend_online,
            "interested_in_categories_12": _interests(rng, c["online"] + c["offline"]),
        }
    )
    return table


def _customers(rng: np.random.Generator, size: int) -> dict[str, NDArray[Any]]:
    """Draw customers and keep those the export would hold; dates are days before the last day."""
    low, high = (np.array([w[i] for w in _WAVES], dtype=np.float64) for i in (1, 2))
    wave = rng.choice(len(_WAVES), size=size, p=[share for share, _, _ in _WAVES])
    # Within a wave the density rises towards today, as a growing shop's does.
    begin = np.floor(low[wave] + (high - low)[wave] * rng.random(size) ** 1.6)
    # An exponential lifetime whose rate is Gamma is Lomax. Only those alive a year ago can have
    # ordered since: they are kept with that probability, and live on as the rest of a Lomax does.
    shape, scale = _DROPOUT
    old = scale + np.maximum(begin - _YEAR - 1, 0.0)
    alive = rng.random(size) < (scale / old) ** shape
    begin, old = begin[alive], old[alive]
    size = len(begin)
    lifetime = old * (1 - rng.random(size)) ** (-1 / shape) - scale
    active = np.minimum(lifetime, begin)
    repeats = rng.poisson(rng.gamma(_RATE[0], 1 / _RATE[1], size) * active)
    # Given their number, repeat orders are uniform over the active time; the last is their maximum.
    latest = active * rng.random(size) ** (1 / np.maximum(repeats, 1))
    keep = np.flatnonzero((repeats > 0) & (begin - np.floor(latest) <= _YEAR))
    online = rng.binomial(repeats[keep] + 1, rng.beta(*_ONLINE, len(keep)))
    offline = repeats[keep] + 1 - online
    both = (online > 0) & (offline > 0)
    begin, latest, online, offline = (
        begin[keep][both],
        latest[keep][both],
        online[both],
        offline[both],
    )
    size = len(begin)
    # Every order is as likely as any other to be the last one, and then to be the first.
    total = online + offline
    last_is_online = rng.random(size) * total < online
    rest = np.where(last_is_online, offline, online)
    first_in_rest = rng.random(size) * (total - 1) < rest
    free = rest - first_in_rest
    before = np.where(free > 0, latest * rng.random(size) ** (1 / np.maximum(free, 1)), 0.0)
    latest_ago, before_ago = (
        (begin - np.floor(time)).astype(np.int64) for time in (latest, before)
    )
    return {
        "begin": begin.astype(np.int64),
        "online": online.astype(np.int64),
        "offline": offline.astype(np.int64),
        "last_online": np.where(last_is_online, latest_ago, before_ago),
        "last_offline": np.where(last_is_online, before_ago, latest_ago),
    }


def _spend(
    rng: np.random.Generator, offline: NDArray[np.int64], online: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Money by channel. One taste for expensive things a customer, prices ending in .99."""
    taste = rng.gamma(_TASTE, 1 / _TASTE, len(online))

    def total(orders: NDArray[np.int64], scale: float) -> NDArray[np.float64]:
        money = rng.gamma(_SHAPE * orders) * scale * (1 - 1 / _TASTE) / (_SHAPE * taste)
        priced = np.maximum(np.ceil(money), 10.0 * orders) - 0.01 * orders
        return np.asarray(np.round(priced, 2), dtype=np.float64)

    return total(offline, _SCALE_OFFLINE), total(online, _SCALE_ONLINE)


def _interests(rng: np.random.Generator, orders: NDArray[np.int64]) -> pd.Index[str]:
    """Categories looked at in the last year: the more orders, the more of them."""
    chances = np.minimum(orders, 12) ** 0.5
    code = np.zeros(len(orders), dtype=np.int64)
    for bit, chance in enumerate(_INTEREST):
        taken = rng.random(len(orders)) < 1 - (1 - chance) ** chances
        code |= taken.astype(np.int64) << bit
    lists: pd.Index[str] = pd.Index(
        [
            "[" + ", ".join(name for bit, name in enumerate(_LABELS) if one >> bit & 1) + "]"
            for one in range(2 ** len(_LABELS))
        ]
    )
    chosen: pd.Index[str] = lists.take(code)
    return chosen


def _identifiers(rng: np.random.Generator, n: int) -> NDArray[np.str_]:
    """Random UUIDs (version 4) as text."""
    raw = rng.integers(0, 256, size=(n, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    hexed = np.stack([digits[raw >> 4], digits[raw & 15]], axis=2).reshape(n, 32)
    text = np.full((n, 36), ord("-"), dtype=np.uint8)
    start = 0
    for length, at in ((8, 0), (4, 9), (4, 14), (4, 19), (12, 24)):
        text[:, at : at + length] = hexed[:, start : start + length]
        start += length
    return text.view("S36").ravel().astype("U36")


def _calendar(days: int) -> tuple[int, pd.Index[str]]:
    """Return all days up to the last as text, and the position of the last."""
    dates = _LAST_DAY + np.arange(-days, 1).astype("timedelta64[D]")
    return days, pd.Index(np.datetime_as_string(dates))
