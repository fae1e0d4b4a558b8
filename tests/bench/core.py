#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what bench_words measured: ns an operation and thread, and the lock-based design's over ours."""
import json
import re
import sys

AIMS = {"config read": 2, "config swap": 1e6, "breaker admit+report": 4, "metrics record": 5, "bucket take": 30,
        "round robin turn": 15, "pick of four": 15, "whole admission": 100}
THREADS = [1, 2, 4, 8, 16]

rows = {}
for run in json.load(open(sys.argv[1]))["benchmarks"]:
    piece, kind = run["name"].split("/")[:2]
    threads = re.search(r"threads:(\d+)", run["name"])
    # Real time is shared out over all operations of all threads: times the threads, it is what one waits.
    count = int(threads.group(1)) if threads else 1
    rows.setdefault(piece, {}).setdefault(kind, {})[count] = run["real_time"] * count

print(f"\n{'ns an operation':26}" + "".join(f"{n:>9} thr" for n in THREADS) + "   aim, 1 thr")
for piece, kinds in rows.items():
    for kind in ("ours", "locked"):
        if kind in kinds:
            times = kinds[kind]
            aim = f"{AIMS[piece]:>10.0f}" if kind == "ours" and piece in AIMS else ""
            print(f"{piece + ('' if kind == 'ours' else ', locked'):26}" +
                  "".join(f"{times[n]:13.1f}" if n in times else " " * 13 for n in THREADS) + "   " + aim)
    if "locked" in kinds:
        print(f"{'   locked / ours':26}" + "".join(
            f"{kinds['locked'][n] / kinds['ours'][n]:12.1f}x" for n in THREADS))
