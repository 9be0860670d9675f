#!/usr/bin/env python3
"""train_bad_input_test.py TENSORVIEW-TRAIN --work FOLDER: what cannot be trained ends with status 1 and one sentence that
says what, where and what to do. FOLDER is emptied first."""
import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

import bad_files

SIGNS_OF_A_CRASH = re.compile(r"terminate called|what\(\):|exception|[Bb]acktrace|Segmentation|frame #", re.ASCII)


def train(program, settings, steps=2):
    """Trains with these properties of a Trainer."""
    words = [program, "--steps", str(steps), "--quiet"]
    for name, value in {**bad_files.GOOD, **settings}.items():
        option = "--" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
        words += [option] if value is True else [option, str(value)]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=120,
                          check=False)


def problems_of(program, settings, parts):
    done = train(program, settings)
    lines = done.stderr.strip().splitlines()
    found = []
    if done.returncode != 1:
        found.append(f"status {done.returncode}")
    # What it is about to do stands before the refusal of a record file.
    if len([line for line in lines if line.startswith("tensorview-train: ")]) != 1 or len(lines) > 3:
        found.append("not one sentence")
    found += [f"no '{part}'" for part in parts if part not in done.stderr]
    if SIGNS_OF_A_CRASH.search(done.stderr):
        found.append("signs of a crash")
    return [f"{settings}: {', '.join(found)}: {done.stderr}"] if found else []


def two_at_once(program):
    """The second of two trainings with the same record file is refused, the first one's record stays whole."""
    words = [program, "--quiet", "--dataset", "mnist", "--data-directory", "good", "--batch-size", "10", "--threads", "1",
             "--epochs", "1000000", "--record-file", "shared.tvr"]
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as first:
        first.stdout.readline()  # an epoch: it is recording
        found = problems_of(program, {"RecordFile": "shared.tvr", "Overwrite": True},
                            ["another training is recording to shared.tvr", "choose another name"])
        first.terminate()
        last = int(re.findall(r"step (\d+)", first.stdout.read())[-1])
    if train(program, {"Resume": "shared.tvr"}, last + 20).returncode != 0:
        found.append("the first training's record cannot be resumed")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(options.work)
    os.chdir(options.work)

    bad_files.write()
    done = train(program, {"RecordFile": "good.tvr"})
    if done.returncode != 0:
        sys.exit(f"good settings end with status {done.returncode}: {done.stderr}")
    cases = bad_files.REFUSED + [({"RecordFile": name}, parts) for name, parts in bad_files.UNWRITABLE]
    unreadable = dict(bad_files.UNREADABLE)
    if not bad_files.damage_run("good.tvr"):
        print("there is no h5py: a run of another format version is not tried")
        del unreadable["wrong-version.tvr"]
    cases += [({"Resume": name}, parts) for name, parts in unreadable.items()]
    if train(program, {"Device": "cuda"}).returncode == 0:
        print("there is a CUDA device: its absence is not tried")
    else:
        cases.append(bad_files.NO_CUDA)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        problems = list(pool.map(lambda case: problems_of(program, *case), cases))
    problems.append(two_at_once(program))
    told = [problem for some in problems for problem in some]
    print("\n".join(told) or f"{len(cases) + 1} refusals, as they should be")
    sys.exit(1 if told else 0)


if __name__ == "__main__":
    main()
