#!/usr/bin/env python3
"""What each selector recovers of people's choices on ImagenHub's ratings, worked out apart from the program.

    python tests/benches/imagenhub.py [tests/data/imagenhub]

Needs numpy and scipy. Of each prompt's edits one is chosen; ties at the top share the choice. The figure is the share of
what the best by human rating has above the mean: sum(chosen - mean) / sum(best - mean) over prompts, with a 95 % bootstrap
interval over prompts (4000 draws, seed 0).
"""
import collections
import json
import pathlib
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata

JUDGES = ["gemini-1.5-pro", "gpt-4o", "gpt-4v"]
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/imagenhub")


def groups():
    prompts = collections.defaultdict(list)
    for line in (folder / "ratings.jsonl").read_text().splitlines():
        row = json.loads(line)
        human = np.mean([np.sqrt(sc * pq) for sc, pq in row["human"]])
        prompts[row["uid"]].append((human, row["judges"]))
    for rows in prompts.values():
        rows = [(human, judges) for human, judges in rows if "gpt-4o" in judges]
        if len(rows) < 2:
            continue
        scores = {
            name: np.array([
                np.array(judges[name]["semantic"] + judges[name]["perceptual"]) / 10
                if name in judges else np.full(4, np.nan)
                for _, judges in rows
            ])
            for name in JUDGES
        }
        yield np.array([human for human, _ in rows]), scores


def shares(scores):
    """Of the best of each column; the lowest in place of what is missing."""
    lowest = np.nanmin(scores, axis=0)
    scores = np.where(np.isnan(scores), lowest, scores)
    most = scores.max(axis=0)
    return np.where(most > 0, scores / np.where(most > 0, most, 1), 1.0)


def minima(s, alpha):
    return np.minimum(s[:, 0], s[:, 1]) ** alpha * s[:, 2:].min(axis=1) ** (1 - alpha)


def base(s):
    return minima(s, 0.8)


def spatial(s):
    return (0.6 * s[:, 0] + 0.4 * s[:, 1]) ** 0.8 * s[:, 2:].mean(axis=1) ** 0.2


def firm(s):
    return s[:, 0] * (0.6 + 0.4 * s[:, 1])


def product(s):
    return s[:, 0] ** 0.8 * np.minimum(s[:, 1], s[:, 2:].min(axis=1)) ** 0.2


def harmonic(s, identity=0.3, quality=0.2):
    with np.errstate(divide="ignore"):
        mean = 1 / (identity / s[:, 1] + (1 - identity) / s[:, 0])
    return mean ** (1 - quality) * s[:, 2:].min(axis=1) ** quality


def soft_min(s, temperature=0.1):
    def one(r):
        f = r.min()
        for _ in range(500):
            clipped = np.minimum(r, f + temperature)
            w = np.exp(-(clipped - r.min()) / temperature)
            f = (w * clipped).sum() / w.sum()
        return f

    return np.array([one(r) for r in s])


def mean_of(p):
    def of(s):
        if p == 0:
            with np.errstate(divide="ignore"):
                return np.exp(np.log(s).mean(axis=1))
        with np.errstate(divide="ignore"):
            return (s ** p).mean(axis=1) ** (1 / p)

    return of


def own_weights(s):
    """power_mean as it is: geometric, 0.6 following, 0.2 preserving, 0.2 quality."""
    return s[:, 0] ** 0.6 * s[:, 1] ** 0.2 * s[:, 2:].min(axis=1) ** 0.2


def pareto(s):
    n = len(s)
    before = [[bool((s[a] >= s[b]).all() and (s[a] > s[b]).any()) for b in range(n)] for a in range(n)]
    front = np.full(n, -1)
    level = 0
    while (front < 0).any():
        rest = [i for i in range(n) if front[i] < 0]
        for i in [i for i in rest if not any(before[j][i] for j in rest)]:
            front[i] = level
        level += 1
    return [(-front[i], s[i].min()) for i in range(n)]


def gate(s):
    return [(float((s[i] >= 0.4).all()), value) for i, value in enumerate(base(s))]


def low_variance(s):
    value = base(s)
    equal = value >= value.max() * 0.95
    return [(float(e), s[i, 1] if e else 0.0, value[i]) for i, e in enumerate(equal)]


def judge_numbers(scores):
    """Of each judge one number an edit: (following * preserving)^0.4 * quality^0.2, quality the lesser of its parts."""
    out = []
    for name in JUDGES:
        table = scores[name]
        if np.isnan(table).all():
            continue
        three = np.column_stack([table[:, 0], table[:, 1], table[:, 2:].min(axis=1)])
        s = shares(three)
        out.append((s[:, 0] * s[:, 1]) ** 0.4 * s[:, 2] ** 0.2)
    return np.array(out)


def borda(scores):
    ranks = np.array([rankdata(-np.round(v, 9)) for v in judge_numbers(scores)])
    return list(zip(-ranks.mean(axis=0), base(shares(scores["gpt-4o"]))))


def worst_case(scores):
    return judge_numbers(scores).min(axis=0)


def cautious(scores, kappa=1.0):
    def one(values):
        # the most that mean - kappa * deviation reaches when judges may be taken to praise less than they do
        best = -np.inf
        for most in np.linspace(values.min(), values.max(), 4001):
            v = np.minimum(values, most)
            best = max(best, v.mean() - kappa * v.std())
        return max(best, 0.0)

    return np.array([one(v) for v in judge_numbers(scores).T])


def comparisons(scores):
    """Every two, each judge once, in the order in which they stand: 1 the first is better, 0 a tie, -1 the second."""
    pairs = []
    for values in judge_numbers(scores):
        for a in range(len(values)):
            for b in range(a + 1, len(values)):
                apart = values[a] - values[b]
                pairs.append((a, b, 0 if abs(apart) < 1e-9 else int(np.sign(apart))))
    return pairs


def bradley_terry(scores, k=5.0, prior=2.0):
    pairs = np.array(comparisons(scores))
    a, b, won = pairs.T
    n = len(scores["gpt-4o"])

    def loss(s):
        p = np.exp(s)
        first, second = p[a] / (p[a] + k * p[b]), p[b] / (p[b] + k * p[a])
        chance = np.where(won == 1, first, np.where(won == -1, second, 1 - first - second))
        return -np.log(chance).sum() + (s ** 2).sum() / (2 * prior ** 2)

    found = minimize(loss, np.zeros(n), method="BFGS", options={"gtol": 1e-9})
    return list(zip(np.round(found.x, 4), base(shares(scores["gpt-4o"]))))


def against_pivots(scores, count=3):
    """Who of equals comes first in the group decides who is a pivot; each edit in turn stands first, and those that win then
    are the equals at the top."""
    value = np.round(base(shares(scores["gpt-4o"])), 7)
    n = len(value)
    words = collections.defaultdict(list)
    for a, b, won in comparisons(scores):
        words[a, b].append((1 + won) / 2)
        words[b, a].append((1 - won) / 2)
    result = {pair: np.mean(said) for pair, said in words.items()}
    top = []
    for first in range(n):
        group = [first] + [i for i in range(n) if i != first]
        order = sorted(group, key=lambda i: -value[i])
        pivots = [order[p * n // (2 * min(count, n))] for p in range(min(count, n))]
        telling = [p for p in pivots if len({round(result[i, p], 9) for i in group if i != p}) > 1]
        rate = {i: np.mean([0.5 if i == p else result[i, p] for p in telling]) if telling else 0.5 for i in group}
        top.append(first == max(group, key=lambda i: (round(rate[i], 6), round(value[i], 6))))
    return [(float(t),) for t in top]


def on(formula, published=False):
    return lambda scores: formula(scores["gpt-4o"] if published else shares(scores["gpt-4o"]))


RULES = [
    ("following alone", on(lambda s: s[:, 0])),
    ("preserving alone", on(lambda s: s[:, 1])),
    ("mean of 4, as published", on(mean_of(1), True)),
    ("geometric mean of 4, as published", on(mean_of(0), True)),
    ("harmonic mean of 4, as published", on(mean_of(-1), True)),
    ("viescore, as published", on(lambda s: minima(s, 0.5), True)),
    ("spatial_reward, as published", on(spatial, True)),
    ("firm, as published", on(firm, True)),
    ("power-0.8, as published", on(base, True)),
    ("power_product", on(product)),
    ("power-0.8", on(base)),
    ("viescore", on(lambda s: minima(s, 0.5))),
    ("editscore", on(lambda s: minima(s, 0.5))),
    ("spatial_reward", on(spatial)),
    ("firm", on(firm)),
    ("power_mean", on(own_weights)),
    ("soft_min", on(soft_min)),
    ("harmonic", on(harmonic)),
    ("pareto", on(pareto)),
    ("gate", on(gate)),
    ("low_variance", on(low_variance)),
    ("par", on(base)),
    ("borda", borda),
    ("worst_case", worst_case),
    ("mean_minus_deviation", cautious),
    ("bradley_terry", bradley_terry),
    ("pivots", against_pivots),
    ("clip", on(base)),
    ("delta", on(base)),
]


def chosen(human, keys):
    keys = [np.atleast_1d(np.asarray(key, dtype=float)) for key in keys]
    best = max(tuple(np.round(key, 6)) for key in keys)
    return np.mean([h for h, key in zip(human, keys) if tuple(np.round(key, 6)) == best])


def main():
    prompts = list(groups())
    mean = np.array([human.mean() for human, _ in prompts])
    best = np.array([human.max() for human, _ in prompts])
    print(f"{len(prompts)} prompts, mean {mean.mean():.4f}, best {best.mean():.4f}")
    for name, rule in RULES:
        took = np.array([chosen(human, list(rule(scores))) for human, scores in prompts])
        share = lambda at: (took[at] - mean[at]).sum() / (best[at] - mean[at]).sum()
        rng = np.random.default_rng(0)
        draws = [share(rng.integers(0, len(took), len(took))) for _ in range(4000)]
        low, high = np.percentile(draws, [2.5, 97.5])
        print(f"{name:36} {share(np.arange(len(took))):.4f}  {low:.2f} to {high:.2f}", flush=True)


main()
