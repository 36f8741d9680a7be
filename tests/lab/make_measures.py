"""Reference numbers for the lab's measures, on random and degenerate inputs, from SciPy, scikit-learn, statsmodels and
krippendorff. Writes measures.json beside itself; a value that is not a number is null.

    pip install numpy scipy scikit-learn statsmodels krippendorff
    python make_measures.py
"""

import itertools
import json
import math
import pathlib
import warnings

import krippendorff
import numpy as np
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from statsmodels.stats.contingency_tables import mcnemar

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20260)


def plain(value):
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if value is None:
        return None
    value = float(value)
    return value if math.isfinite(value) else None


def lists():
    yield "random", rng.normal(size=40), rng.normal(size=40)
    yield "related", (x := rng.normal(size=60)), x + rng.normal(size=60)
    yield "few values", rng.integers(0, 4, 80), rng.integers(0, 3, 80)
    yield "ties everywhere", rng.integers(0, 2, 50), rng.integers(0, 2, 50)
    yield "x constant", np.ones(10), rng.normal(size=10)
    yield "both constant", np.ones(10), np.zeros(10)
    yield "one item", np.array([1.0]), np.array([2.0])
    yield "nothing", np.array([]), np.array([])
    yield "two items", np.array([1.0, 2.0]), np.array([5.0, 3.0])
    yield "the same order", np.arange(12.0), np.arange(12.0) ** 3
    with_nan = rng.normal(size=30)
    with_nan[[3, 17]] = np.nan
    yield "with NaN", with_nan, rng.integers(0, 5, 30).astype(float)
    yield "all NaN", np.full(5, np.nan), np.arange(5.0)
    yield "minus nought", np.array([0.0, -0.0, 1.0, 0.0, 2.0]), np.array([1.0, 2.0, 2.0, 0.0, 3.0])
    yield "large", rng.integers(0, 300, 3000), rng.integers(0, 40, 3000)


def ranks():
    for name, x, y in lists():
        x, y = np.asarray(x, float), np.asarray(y, float)
        keep = np.isfinite(x) & np.isfinite(y)
        a, b = x[keep], y[keep]
        enough = len(a) >= 2
        yield {
            "name": name, "x": plain(x), "y": plain(y),
            "pearson": plain(stats.pearsonr(a, b).statistic) if enough else None,
            "spearman": plain(stats.spearmanr(a, b).statistic) if enough else None,
            "kendall": plain(stats.kendalltau(a, b).statistic) if enough else None,
            "ranks_x": plain(stats.rankdata(a)),
        }


def forecasts():
    for name, p, y in [
        ("random", rng.random(200), rng.integers(0, 2, 200)),
        ("calibrated", (p := rng.random(300)), (rng.random(300) < p).astype(int)),
        ("on the edges", np.array([0, .1, .2, .5, .5, .9, 1.0, 1.0]), np.array([0, 0, 1, 1, 0, 1, 1, 0])),
        ("one", np.array([0.7]), np.array([1])),
        ("all certain", np.ones(6), np.array([1, 1, 1, 0, 1, 1])),
    ]:
        observed, stated = calibration_curve(y, p, n_bins=10) if len(set(y)) > 1 else ([y.mean()], [p.mean()])
        counts, _ = np.histogram(p, np.linspace(0, 1, 11))
        # calibration_curve puts an edge into the bin below, numpy into the one above: count as the former does
        counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], p), minlength=10)
        counts = counts[counts > 0]
        ece = float((np.abs(np.array(observed) - np.array(stated)) * counts).sum() / counts.sum())
        yield {"name": name, "chance": plain(p), "came_true": [bool(v) for v in y], "stated": plain(stated),
               "observed": plain(observed), "count": [int(c) for c in counts], "ece": ece,
               "brier": float(((p - y) ** 2).mean()) if len(set(y)) < 2 else float(brier_score_loss(y, p))}


def slopes():
    for name, margin in [("related", rng.normal(0.5, 1, 300)), ("all right", np.abs(rng.normal(1, .2, 50))),
                         ("noise", rng.normal(0, 3, 100))]:
        spread = math.sqrt((margin**2).mean())
        x = margin / spread
        # both signs, half the weight each: the likelihood of a logistic curve through the origin
        fit = LogisticRegression(fit_intercept=False, C=1.0, tol=1e-12, max_iter=10_000)
        fit.fit(np.concatenate([x, -x])[:, None], np.r_[np.ones(len(x)), np.zeros(len(x))],
                sample_weight=np.full(2 * len(x), .5))
        yield {"name": name, "margin": plain(margin), "slope": float(fit.coef_[0, 0] / spread)}


def alphas():
    tables = {
        "random": rng.integers(1, 6, (4, 30)).astype(float),
        "three raters, few values": rng.choice([0, .5, 1], (3, 50)),
        "agreeing": np.clip(np.tile(rng.integers(1, 7, 25), (3, 1)) + rng.integers(-1, 2, (3, 25)), 1, 6).astype(float),
        "perfect": np.tile(np.arange(8.0), (2, 1)),
        "opposite": np.array([np.arange(6.0), np.arange(6.0)[::-1]]),
        "constant": np.ones((3, 5)),
        "one unit": np.array([[1.0], [2.0], [2.0]]),
    }
    holes = rng.integers(1, 5, (4, 40)).astype(float)
    holes[rng.random(holes.shape) < .4] = np.nan
    tables["with holes"] = holes
    for name, table in tables.items():
        row = {"name": name, "units": plain(table.T)}
        for level in ("nominal", "ordinal", "interval"):
            try:
                row[level] = plain(krippendorff.alpha(reliability_data=table, level_of_measurement=level))
            except ValueError:
                row[level] = None
        yield row


def tests():
    for first, second in [(0, 0), (1, 0), (5, 5), (12, 3), (3, 12), (40, 61), (400, 520), (0, 30)]:
        table = [[7, first], [second, 9]]
        yield {"only_first": first, "only_second": second, "p": float(mcnemar(table, exact=True).pvalue)}


def thresholds():
    """The best threshold by trying every one, as the sweep is defined."""
    for name, count, values in [("random", 60, None), ("integers", 80, 5), ("all ties", 20, 1), ("one", 1, None)]:
        draw = (lambda: rng.integers(0, values, count).astype(float)) if values else (lambda: rng.normal(size=count))
        a, b = draw(), draw()
        human = rng.choice([1, -1, 0], count, p=[.4, .3, .3])
        best = (-1, None)
        for eps in [0.0, *sorted(set(np.abs(a - b)))]:
            said = np.where(np.abs(a - b) <= eps, 0, np.sign(a - b))
            right = int((said == human).sum())
            if right > best[0]:
                best = (right, float(eps))
        yield {"name": name, "a": plain(a), "b": plain(b), "human": [int(h) for h in human],
               "accuracy": best[0] / count, "threshold": best[1]}


def pooled():
    groups = [(rng.integers(0, 4, n).astype(float), rng.integers(0, 3, n).astype(float)) for n in (5, 8, 1, 2, 6)]
    con = dis = tx = ty = 0
    for x, y in groups:
        for i, j in itertools.combinations(range(len(x)), 2):
            dx, dy = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
            con += dx * dy > 0
            dis += dx * dy < 0
            tx += dx != 0
            ty += dy != 0
    return {"groups": [{"x": plain(x), "y": plain(y)} for x, y in groups], "tau": (con - dis) / math.sqrt(tx * ty)}


values = rng.normal(size=37)
reference = {
    "ranks": list(ranks()), "forecasts": list(forecasts()), "slopes": list(slopes()), "alphas": list(alphas()),
    "mcnemar": list(tests()), "thresholds": list(thresholds()), "pooled": pooled(),
    "quantiles": {"values": plain(np.sort(values)), "shares": [.025, .1, .5, .975],
                  "quantiles": plain(np.quantile(values, [.025, .1, .5, .975]))},
}
path = pathlib.Path(__file__).with_name("measures.json")
path.write_text(json.dumps(reference, indent=None, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
