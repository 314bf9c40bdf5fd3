#!/usr/bin/env python3
"""The works in numpy or numexpr, for bench_native: arrays.py TOOL DIRECTORY ROWS.

Reads the columns from files of DIRECTORY, then answers lines on its standard input:
    prepare WORK CANDIDATES [FORMULA]   ready, or cannot
    run TIMES                           CPU seconds of this process
    outputs FILE                        writes what the last run gave
"""
import os
import re
import sys
import time

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS"):
    os.environ[threads] = "1"

import numpy as np  # noqa: E402

TOP = 300
TYPES = {"p": np.float32, "l": np.float32, "c": np.float32, "s": np.float32, "created": np.int64, "price": np.int32,
         "category": np.int32}
F = np.float32


def best(value, rows):
    """The rows of the largest values, ties in row order."""
    count = min(TOP, len(value))
    if count < len(value):
        # All that tie with the last one have to be looked at.
        least = np.partition(value, len(value) - count)[len(value) - count]
        kept = np.flatnonzero(value >= least)
        value, rows = value[kept], rows[kept]
    return rows[np.lexsort((rows, -value))[:count]]


class Numpy:
    def fused(self, p, l, c, s):
        return p * (F(1) + F(2) * l + F(3) * c + F(1.5) * s)

    def work(self, name, columns, asked, _):
        p, l, c, s = (columns[k] for k in "plcs")
        created, price, category = columns["created"], columns["price"], columns["category"]
        chosen = np.zeros(asked["codes"], bool)
        chosen[asked["categories"]] = True

        def filtered():
            rows = np.flatnonzero((created > asked["after"]) & chosen[category] & (price < asked["price"]))
            return best(self.fused(p[rows], l[rows], c[rows], s[rows]), rows)

        return {"fusion": lambda: self.fused(p, l, c, s),
                "powers": lambda: p ** F(0.7) * l ** F(0.2) * s ** F(1.3),
                "filter": filtered}.get(name)


def in_float(text):
    """Its numbers as 32-bit names: literals would make numexpr compute in double. It takes some thirty names."""
    numbers = sorted(set(re.findall(r"\d+\.\d+", text)))
    if len(numbers) > 20:
        return text, {}
    names = {f"k{i}": F(number) for i, number in enumerate(numbers)}
    return re.sub(r"\d+\.\d+", lambda found: f"k{numbers.index(found[0])}", text), names


class Numexpr:
    def __init__(self):
        import numexpr
        numexpr.set_num_threads(1)
        self.evaluate = numexpr.evaluate

    def work(self, name, columns, asked, formula):
        text, names = in_float("p ** 0.7 * l ** 0.2 * s ** 1.3" if name == "powers" else formula)
        if name == "filter":
            member = " | ".join(f"(category == {code})" for code in asked["categories"])
            mask = f"(created > {asked['after']}) & (price < {asked['price']}) & ({member})"

            def filtered():
                rows = np.flatnonzero(self.evaluate(mask, columns))
                return best(self.evaluate(text, {k: columns[k][rows] for k in "plcs"} | names), rows)

            return filtered
        if not text:
            return None
        return lambda: self.evaluate(text, columns | names)


def main():
    tool = {"numpy": Numpy, "numexpr": Numexpr}[sys.argv[1]]()
    directory, rows = sys.argv[2], int(sys.argv[3])
    read = {name: np.fromfile(f"{directory}/{name}.column", kind)[:rows] for name, kind in TYPES.items()}
    asked = dict(line.split("=", 1) for line in open(f"{directory}/asked").read().split("\n") if line)
    asked = {k: [int(x) for x in v.split(",")] if k == "categories" else int(v) for k, v in asked.items()}
    run, result = None, None
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.rstrip("\n").split(" ", 3)
        if words[0] == "prepare":
            columns = {name: values[:int(words[2])] for name, values in read.items()}
            run = tool.work(words[1], columns, asked, words[3] if len(words) > 3 else "")
            try:
                result = run() if run else None
            except Exception:  # numexpr has bounds on the size of a formula
                run = None
            print("ready" if run else "cannot", flush=True)
        elif words[0] == "run":
            begin = time.process_time()
            for _ in range(int(words[1])):
                result = run()
            print(time.process_time() - begin, flush=True)
        elif words[0] == "outputs":
            result.astype(np.float32 if result.dtype.kind == "f" else np.uint32).tofile(words[1])
            print("ready", flush=True)


if __name__ == "__main__":
    main()
