"""What the metadata of a process tells of a paired run, of disturbances and of a ceiling: the keys."""

from __future__ import annotations

PAIR, BATCH = "primebench_pair", "primebench_batch"
TURNS = "primebench_turns"  # 1 where value i of all sides of the pair was taken in turn i
OTHERS, STEAL, THROTTLED = "primebench_others_cpus", "primebench_steal_ratio", "primebench_throttled_ratio"
ADDS_RATES = "primebench_ceiling_adds_rates"  # where a ceiling is the sum of its copies' rates, not that of the slowest
