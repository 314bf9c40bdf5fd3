#!/usr/bin/env python3
"""The work of bench_rerank in numpy: MMR and DPP, 50 of 500 x 64, window 10.

    build/release/bin/bench_rerank problem.json && bench/rerank_numpy.py problem.json

Checks that the picks are the same, and prints microseconds a page. Needs numpy (Debian: apt install python3-numpy).
"""
import json
import statistics
import sys
import time

try:
    import numpy as np
except ImportError:
    sys.exit("numpy is missing: apt install python3-numpy, or pip install numpy")

CANDIDATES, DIMENSIONS, PICKS, WINDOW, THETA = 500, 64, 50, 10, 0.5


def products(vectors, _):
    for k in range(PICKS):
        vectors @ vectors[k]


def mmr(vectors, relevance):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    left, rows, objective, picks = np.ones(CANDIDATES, bool), [], THETA * relevance, []
    for _ in range(PICKS):
        pick = int(np.argmax(np.where(left, objective, -np.inf)))
        left[pick] = False
        picks.append(pick)
        rows = (rows + [unit @ unit[pick]])[-WINDOW:]
        objective = THETA * relevance - (1 - THETA) * np.max(rows, axis=0)
    return picks


def dpp(vectors, relevance):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    left, window, rows, picks = np.ones(CANDIDATES, bool), [], [], []
    complement = np.full(CANDIDATES, 1 + 1e-6)
    for _ in range(PICKS):
        objective = THETA * relevance + (1 - THETA) * np.log(np.maximum(complement, 2e-6))
        pick = int(np.argmax(np.where(left, objective, -np.inf)))
        left[pick] = False
        picks.append(pick)
        window, rows = (window + [pick])[-WINDOW:], (rows + [unit @ unit[pick]])[-WINDOW:]
        across = np.array(rows)
        columns = np.linalg.solve(np.linalg.cholesky(across[:, window] + 1e-6 * np.eye(len(window))), across)
        complement = 1 + 1e-6 - np.sum(columns * columns, axis=0)
    return picks


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        problem = json.load(file)
    vectors = np.array(problem["vectors"], np.float32)
    relevance = np.array(problem["relevance"])
    for work in (mmr, dpp):
        assert work(vectors, relevance) == problem[work.__name__], f"{work.__name__} picks others"
    for work in (products, mmr, dpp):
        times = []
        for _ in range(15):
            begin = time.process_time()
            for _ in range(20):
                work(vectors, relevance)
            times.append((time.process_time() - begin) / 20 * 1e6)
        print(f"{work.__name__:<10} {statistics.median(times):10.1f} us  ({min(times):.1f} .. {max(times):.1f})")


if __name__ == "__main__":
    main()
