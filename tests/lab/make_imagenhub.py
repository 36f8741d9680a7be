"""Expected figures of `retake lab bench --format imagenhub`, worked out with SciPy and itertools alone.

    python make_imagenhub.py RATINGS.jsonl EXPECTED.json
"""

import collections
import itertools
import json
import math
import sys

import krippendorff
import numpy as np
from scipy import stats

rows = [json.loads(line) for line in open(sys.argv[1])]
JOINS = {
    "viescore": lambda s, p: math.sqrt(min(s) * min(p)),
    "power-0.8": lambda s, p: min(s) ** 0.8 * min(p) ** 0.2,
}
expected = []
for judge, (selector, join) in itertools.product(["gpt-4o", "gpt-4v", "gemini-1.5-pro"], JOINS.items()):
    editors, prompts = collections.defaultdict(list), collections.defaultdict(list)
    used = 0
    raters = []
    for row in rows:
        if judge not in row["judges"]:
            continue
        used += 1
        each = [math.sqrt(sc * pq) for sc, pq in row["human"]]
        human = sum(each) / len(each)
        raters.append(each)
        said = row["judges"][judge]
        score = join(said["semantic"], said["perceptual"])
        editors[row["editor"]].append((score, human))
        prompts[row["uid"]].append((score, human))
    if not used:
        continue

    def over_editors(of):
        values = [of(*zip(*pairs)).statistic for pairs in editors.values() if len(pairs) > 1]
        return float(np.nanmean(values))

    right = tied = pairs = exact = told = 0
    gained = possible = top1 = groups = 0.0
    con = dis = by_score = by_human = 0
    for group in prompts.values():
        wrong = preferred = 0
        for (s1, h1), (s2, h2) in itertools.combinations(group, 2):
            by_score += s1 != s2
            by_human += h1 != h2
            con += (s1 - s2) * (h1 - h2) > 0
            dis += (s1 - s2) * (h1 - h2) < 0
            if h1 == h2:
                continue
            preferred += 1
            pairs += 1
            right += (s1 - s2) * (h1 - h2) > 0
            tied += s1 == s2
            wrong += not (s1 - s2) * (h1 - h2) > 0
        if preferred:
            told += 1
            exact += wrong == 0
        if len(group) < 2:
            continue
        groups += 1
        most, best = max(s for s, _ in group), max(h for _, h in group)
        picked = [h for s, h in group if s == most]
        mean = sum(h for _, h in group) / len(group)
        top1 += sum(h == best for h in picked) / len(picked)
        gained += sum(picked) / len(picked) - mean
        possible += best - mean
    expected.append({
        "judge": judge, "selector": selector, "used": used, "skipped": len(rows) - used, "pairs": pairs,
        "figures": {
            "spearman": over_editors(stats.spearmanr),
            "kendall": over_editors(stats.kendalltau),
            "spearman_pooled": float(stats.spearmanr(*zip(*itertools.chain(*prompts.values()))).statistic),
            "kendall_within_prompt": (con - dis) / math.sqrt(by_score * by_human),
            "pair_accuracy": right / pairs,
            "pair_accuracy_half_credit": (right + tied / 2) / pairs,
            "tie_rate": tied / pairs,
            "k_way_exact": exact / told,
            "top1": top1 / groups,
            "capture": gained / possible,
            "raters_alpha": float(krippendorff.alpha(np.array(raters).T, level_of_measurement="interval")),
            "raters_alpha_ordinal": float(krippendorff.alpha(np.array(raters).T, level_of_measurement="ordinal")),
        },
    })
json.dump(expected, open(sys.argv[2], "w"), indent=1)
for row in expected:
    print(row["judge"], row["selector"], row["used"], {k: round(v, 4) for k, v in row["figures"].items()})
