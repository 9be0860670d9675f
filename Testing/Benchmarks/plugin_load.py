#!/usr/bin/env python3
"""Start of pvpython with and without the plugin; and whether torch is in memory before the first Trainer.

  Testing/Benchmarks/plugin_load.py
"""
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def seconds(command):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main():
    code = "from paraview.simple import *"
    plain = ["pvpython", "-c", code]
    ours = [os.path.join(ROOT, "scripts", "pvpython"), "-c", code]
    differences, withouts = [], []
    for _ in range(9):
        without = seconds(plain)
        withouts.append(without)
        differences.append(seconds(ours) - without)
    print(f"pvpython {statistics.median(withouts):.2f} s, with the plugin +{statistics.median(differences):.2f} s "
          f"(median of 9 pairs)")
    check = code + "; Trainer; print('torch' in open('/proc/self/maps').read())"
    loaded = subprocess.run(ours[:1] + ["-c", check], check=True, capture_output=True, text=True).stdout.strip()
    print("torch in memory before the first Trainer:", loaded)
    sys.exit(loaded != "False")


if __name__ == "__main__":
    main()
