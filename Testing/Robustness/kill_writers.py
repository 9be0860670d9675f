#!/usr/bin/env python3
"""kill_writers.py [--kills N] [--seed N] [--writer cpp|python|both] [--build DIR] [--work DIR] [--json]

Kills writers of run files with SIGKILL at random moments (seeded) and looks at what they leave with
tensorview-check: the file must open, and every step that was flushed before the kill must be whole.
Writers: tensorview-train --record-file, and tensorview.Recorder of Trainer/Python around a small
network in PyTorch, which $TENSORVIEW_PYTHON or this Python must have.

Every second writer is killed at any moment from its start on, the others after their file was there
and a row in it. A writer that had no file yet when it died counts as early; the number of kills is
that of the files. Prints a table, or with --json one object per writer; the exit status is 1 if a
file did not open, was damaged or had lost steps.
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
PATIENCE = 120  # seconds until a writer must have written its first row
MOST_DELAY = 1.5  # seconds of writing before a kill

PYTHON_WRITER = """
import os, sys
sys.path.insert(0, sys.argv[1])
import torch, tensorview
torch.set_num_threads(1)
for line in sys.stdin:  # one recording for each path, in a child, as importing torch takes seconds
    child = os.fork()
    if child:
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)
        continue
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recorder = tensorview.Recorder(model, line.strip(), optimizer=optimizer, snapshot_interval=7)
    images, labels = torch.randn(16, 64), torch.randint(0, 4, (16,))
    while True:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        recorder.step(loss=loss)
"""


class CppWriter:
    """tensorview-train, a process for each recording."""

    name = "tensorview-train"

    def __init__(self, build):
        self._program = str(build / "bin" / "tensorview-train")
        self._process = None

    def start(self, path):
        self._process = subprocess.Popen(
            [self._program, "--dataset", "digits", "--epochs", "1000", "--snapshot-interval", "5", "--threads", "1",
             "--batch-size", "10", "--checkpoint-interval", "-1", "--evaluation-interval", "1000000", "--quiet",
             "--record-file", str(path)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def kill(self):
        """Why it had ended before; empty: it had not."""
        ended = self._process.poll()
        self._process.kill()
        told = self._process.communicate()[1]
        return "" if ended is None else f"ended with status {ended}: {told.strip()}"

    def close(self):
        if self._process and self._process.poll() is None:
            self.kill()


class PythonWriter:
    """tensorview.Recorder, children of one process."""

    name = "tensorview.Recorder"

    def __init__(self, python):
        self._child = None
        self._parent = subprocess.Popen([python, "-c", PYTHON_WRITER, str(REPOSITORY / "Trainer" / "Python")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, path):
        print(path, file=self._parent.stdin, flush=True)
        answer = self._parent.stdout.readline()
        if not answer:
            raise SystemExit("kill_writers.py: the Python writer does not start, see above")
        self._child = int(answer)

    def kill(self):
        os.kill(self._child, signal.SIGKILL)
        self._child = None
        self._parent.stdout.readline()
        return ""

    def close(self):
        if self._child:
            self.kill()
        self._parent.stdin.close()
        self._parent.wait()


def check(program, path):
    """What tensorview-check says of the one segment at `path`."""
    result = subprocess.run([program, "--json", str(path)], capture_output=True, text=True, check=False)
    return json.loads(result.stdout.splitlines()[0])


def has_rows(report):
    return report.get("steps", {}).get("counted", 0) > 0


def kill_one(writer, program, path, moment, wait):
    """@return seconds until the first row was there (None: not waited for), and None if there was no file yet,
    else (steps flushed before, report afterwards)"""
    begin, started = time.monotonic(), None
    writer.start(path)
    flushed = 0
    if wait:
        end = time.monotonic() + PATIENCE
        while not path.exists() or not has_rows(check(program, path)):
            if time.monotonic() > end:
                raise SystemExit(f"kill_writers.py: {writer.name} wrote nothing in {PATIENCE} s: {writer.kill()}")
            time.sleep(0.01)
        started = time.monotonic() - begin
    time.sleep(moment)
    if path.exists():
        before = check(program, path)
        flushed = before.get("steps", {}).get("whole", 0)
    ended = writer.kill()
    if ended:
        raise SystemExit(f"kill_writers.py: {writer.name} {ended}")
    return started, (flushed, check(program, path)) if path.exists() else None


def kill_many(writer, program, work, kills, seed):
    generator = random.Random(seed)
    result = {"writer": writer.name, "kills": 0, "early": 0, "opened": 0, "whole": 0, "lost_steps": 0, "steps": 0,
              "findings": []}
    start = 0.0  # seconds that the writer takes until its first row
    while result["kills"] < kills and result["early"] < 5 * kills + 20:
        number = result["kills"] + result["early"]
        path = work / f"{type(writer).__name__}{number}.tvr"
        wait = number % 2 == 0
        moment = generator.uniform(0, MOST_DELAY if wait else start + MOST_DELAY)
        started, outcome = kill_one(writer, program, path, moment, wait)
        start = started if wait else start
        for pattern in ("*.new", "*.commands", "*.state"):  # beside the run, of a killed writer
            for left in work.glob(pattern):
                left.unlink()
        if outcome is None:
            result["early"] += 1
            continue
        flushed, report = outcome
        lost = max(0, flushed - report.get("steps", {}).get("whole", 0))
        good = report["whole"] and lost == 0 and report["writer"] == "killed"
        result["kills"] += 1
        result["opened"] += "steps" in report
        result["whole"] += report["whole"]
        result["lost_steps"] += lost
        result["steps"] += report.get("steps", {}).get("whole", 0)
        if good:
            path.unlink()
        else:
            result["findings"].append({"file": str(path), "flushed": flushed, "report": report})
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--writer", choices=("cpp", "python", "both"), default="both")
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build")
    parser.add_argument("--work", type=pathlib.Path, help="folder for the files; what is damaged stays there")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    work = arguments.work or pathlib.Path(tempfile.mkdtemp(prefix="tensorview-kills-"))
    work.mkdir(parents=True, exist_ok=True)
    for old in work.glob("*.tvr"):
        old.unlink()
    program = str(arguments.build / "bin" / "tensorview-check")
    writers = []
    if arguments.writer != "python":
        writers.append(CppWriter(arguments.build))
    if arguments.writer != "cpp":
        writers.append(PythonWriter(os.environ.get("TENSORVIEW_PYTHON", sys.executable)))
    bad = False
    for writer in writers:
        try:
            result = kill_many(writer, program, work, arguments.kills, arguments.seed)
        finally:
            writer.close()
        if result["kills"] < arguments.kills:
            result["findings"].append({"file": "", "report": "too many died before they had a file"})
        bad = bad or bool(result["findings"])
        if arguments.json:
            print(json.dumps(result), flush=True)
        else:
            print("{writer}: {kills} killed with a file, {early} before; {opened} opened, {whole} whole with "
                  "{steps} steps, {lost_steps} flushed steps lost".format(**result), flush=True)
            for finding in result["findings"]:
                print("  " + json.dumps(finding), flush=True)
    if not bad and not arguments.work:
        work.rmdir()
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
