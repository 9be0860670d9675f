#!/usr/bin/env python3
"""soak.py --hours H [--warm-up S] [--run-seconds S] [--edit-seconds S] [--view-seconds S] [--json FILE]

Leaves TensorView running and looks for what grows or gets lost: a Trainer in pvpython trains, records, is
edited and the edit undone again, and after --run-seconds begins a new run, as what is kept of one grows with
it; one process follows each run from start to end; another opens, follows and closes it again and again; a third
does so on a pvserver, in a new connection each time. Every second their memory, open handles and threads
are noted. Memory is what a process has of its own; what lies in memory of its program files (libtorch alone has hundreds of
megabytes) comes and goes as the system likes, and is told beside it: growth is that of the former, as a part of both.

Told at the end, as a table and as JSON: memory in the first run after the warm-up and in the last whole one, its
growth and its slope; handles and threads likewise; dropped rows and snapshots as the trainer counts them; and what
tensorview-check finds in the records, each of which is then removed. Memory is what a process has in nine tenths of the time
at least: during evaluations and previews, and ten seconds after, a trainer has more, which is told as `most` (nine tenths of
the time at most). The exit status is 1 if memory of a process grew by more than 2 %, a process died, the record is damaged,
or steps are missing in it that nobody counted.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
MOST_GROWTH = 0.02
PATIENCE = 180  # seconds to start, and to end


class Watched:
    """A process of ours, what it prints (JSON lines), and what it takes."""

    def __init__(self, name, words, environment, work):
        self.name = name
        self.samples = []  # (seconds, kilobytes of its own, handles, threads, kilobytes of files)
        self.last = {}
        self.ended = []  # what the trainer said of each run at its end
        self._errors = open(work / f"{name}.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(words, env=environment, cwd=work, stdout=subprocess.PIPE, stderr=self._errors,
                                        text=True)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.last = json.loads(line)
                if "ended" in self.last:
                    self.ended.append(self.last)

    def sample(self, seconds):
        proc = pathlib.Path("/proc") / str(self.process.pid)
        try:
            status = (proc / "status").read_text(encoding="utf-8")
            handles = len(os.listdir(proc / "fd"))
        except OSError:
            return
        number = {name: int(value) for name, value in re.findall(r"^(\w+):\s*(\d+)", status, re.MULTILINE)}
        if "VmRSS" in number:
            own = number["RssAnon"] + number["RssShmem"]
            self.samples.append((seconds, own, handles, number["Threads"], number["RssFile"]))

    def end(self):
        """Exit status; it is ended if it does not by itself."""
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._errors.close()
        return status


def free_port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]


def slope(points):
    """Of a line through (x, y), least squares."""
    middle = statistics.fmean(x for x, _ in points)
    height = statistics.fmean(y for _, y in points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - height) for x, y in points) / spread if spread else 0.0


def evaluate(watched, warm_up, period):
    """Memory, handles and threads: of a period after the warm-up and of the last one."""
    samples = [sample for sample in watched.samples if sample[0] >= warm_up]
    if len(samples) < 4:
        return {"process": watched.name, "samples": len(samples)}
    first, last = samples[0][0], samples[-1][0]
    period = min(period, (last - first) / 2)
    parts = ([s for s in samples if s[0] <= first + period], [s for s in samples if s[0] >= last - period])

    def both(column, what=statistics.median):
        return [what([sample[column] for sample in part]) for part in parts]

    def megabytes(column, tenth):
        return [round(value / 1024, 1) for value in both(column, lambda values: statistics.quantiles(values, n=10)[tenth - 1])]

    memory, files = megabytes(1, 1), megabytes(4, 5)
    return {
        "process": watched.name, "samples": len(samples), "memory_mb": memory, "most_mb": megabytes(1, 9), "files_mb": files,
        "growth": round((memory[1] - memory[0]) / (memory[0] + files[0]), 4),
        "mb_per_hour": round(slope([(s[0], s[1] / 1024) for s in samples]) * 3600, 2),
        "handles": both(2), "threads": both(3),
    }


def check_record(program, ended):
    """Adds what tensorview-check says of a run to the report's record, and how many of its steps are missing
    without having been counted; removes it if it is whole."""
    path = pathlib.Path(ended["ended"])
    result = subprocess.run([program, "--json", str(path)], capture_output=True, text=True, check=False)
    segments = [json.loads(line) for line in result.stdout.splitlines()]
    missing = 0
    for segment in segments:
        steps = segment.get("steps", {}).get("counted", 0)
        if steps:
            # The first snapshot of a segment is of the step that it goes on from.
            missing += max(0, segment["last_step"] - segment["first_step"] - steps)
    damaged = [segment for segment in segments if not segment["whole"]]
    if not damaged:
        for file in path.parent.glob(path.stem + ".*"):
            file.unlink()
    return {
        "runs": 1, "segments": len(segments), "edits": ended["edits"],
        "steps": sum(segment.get("steps", {}).get("counted", 0) for segment in segments),
        "damaged": damaged, "missing_steps": missing,
        "dropped_rows": ended["dropped_rows"], "dropped_snapshots": ended["dropped_snapshots"],
    }


def add(record, other):
    return {key: record[key] + value for key, value in other.items()} if record else other


def problems_of(report):
    for process in report["processes"]:
        if "growth" not in process:
            yield f"{process['process']}: too few samples"
        elif report["judge_growth"] and process["growth"] > MOST_GROWTH:
            yield f"{process['process']}: memory grew by {process['growth']:.1%}"
        if process["status"] != 0:
            yield f"{process['process']}: ended with status {process['status']}"
    record = report["record"]
    if not record:
        yield "nothing was recorded"
        return
    if record["damaged"]:
        yield f"the record is damaged: {json.dumps(record['damaged'])}"
    if record["steps"] == 0:
        yield "nothing was recorded"
    if record["missing_steps"] > record["dropped_rows"]:
        yield f"{record['missing_steps']} steps are missing, {record['dropped_rows']} were counted as dropped"


def print_table(report):
    print(f"{'process':<10} {'then':>9} {'now':>9} {'growth':>8} {'MB/h':>8} {'handles':>12} {'threads':>10} {'most':>20} {'files':>20}")
    for process in report["processes"]:
        if "growth" in process:
            memory, most, files = (process[what] for what in ("memory_mb", "most_mb", "files_mb"))
            handles, threads = process["handles"], process["threads"]
            print(f"{process['process']:<10} {memory[0]:>6} MB {memory[1]:>6} MB {process['growth']:>8.2%} "
                  f"{process['mb_per_hour']:>8} {handles[0]:>5g} -> {handles[1]:<3g} {threads[0]:>4g} -> {threads[1]:<3g} "
                  f"{most[0]:>6} -> {most[1]:>6} MB {files[0]:>6} -> {files[1]:>6} MB")
    for what in ("looks", "record"):
        print(f"{what}: " + ", ".join(f"{name} {value}" for name, value in report[what].items() if name != "damaged"))
    for problem in report["problems"]:
        print("PROBLEM: " + problem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--seconds", type=float, help="instead of --hours")
    parser.add_argument("--warm-up", type=float, help="seconds; default: a fifth of the time, at most ten minutes")
    parser.add_argument("--run-seconds", type=float, default=240.0)
    parser.add_argument("--edit-seconds", type=float, default=30.0)
    parser.add_argument("--view-seconds", type=float, default=10.0)
    parser.add_argument("--no-growth", action="store_true", help="do not judge growth: the time is too short")
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build")
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--json", type=pathlib.Path, help="file for the report")
    arguments = parser.parse_args()
    duration = arguments.seconds or (arguments.hours or 1.0) * 3600
    warm_up = arguments.warm_up if arguments.warm_up is not None else min(600.0, duration / 5)
    work = arguments.work or pathlib.Path(tempfile.mkdtemp(prefix="tensorview-soak-"))
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    environment = dict(os.environ, TENSORVIEW_BUILD_DIR=str(arguments.build.resolve()))
    python = str(REPOSITORY / "scripts" / "pvpython")
    check = str(arguments.build / "bin" / "tensorview-check")

    trainer = Watched("trainer", [python, str(HERE / "soak_trainer.py"), str(work), str(arguments.edit_seconds),
                                  str(arguments.run_seconds)], environment, work)
    watched = [trainer]
    patience = time.monotonic() + PATIENCE
    while not (work / "current").exists() and trainer.process.poll() is None and time.monotonic() < patience:
        time.sleep(0.1)
    port = free_port()
    server = Watched("server", [str(REPOSITORY / "scripts" / "pvserver"), "--multi-clients", f"--server-port={port}"],
                     environment, work)
    watched.append(server)
    for name, words in (("follower", ["0"]), ("viewer", [str(arguments.view_seconds)]),
                        ("client", [str(arguments.view_seconds), str(port)])):
        watched.append(Watched(name, [python, str(HERE / "soak_viewer.py"), str(work), *words], environment, work))
    begin = time.monotonic()
    record = {}
    checked = 0
    while time.monotonic() < begin + duration and all(one.process.poll() is None for one in watched):
        time.sleep(1.0)
        for one in watched:
            one.sample(time.monotonic() - begin)
        if len(trainer.ended) > checked + 1:  # the one before: no one looks at it any more
            record = add(record, check_record(check, trainer.ended[checked]))
            checked += 1
    server_ended = server.process.poll()  # which is to wait for the next client
    (work / "end").touch()
    statuses = {one.name: one.end() for one in watched if one is not server}
    statuses["server"] = 0 if server_ended is None else server_ended or 1
    server.process.kill()
    server.end()
    for ended in trainer.ended[checked:]:
        record = add(record, check_record(check, ended))

    report = {
        "seconds": round(duration), "warm_up": round(warm_up), "judge_growth": not arguments.no_growth,
        "processes": [dict(evaluate(one, warm_up, arguments.run_seconds), status=statuses[one.name]) for one in watched],
        "looks": {one.name: one.last["looks"] for one in watched if "looks" in one.last}, "record": record,
    }
    report["problems"] = list(problems_of(report))
    print_table(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    if report["problems"]:
        for log in sorted(work.glob("*.log")):
            text = log.read_text(encoding="utf-8").strip()
            if text:
                print(f"-- {log.name}\n" + "\n".join(text.splitlines()[-15:]))
    elif not arguments.work:
        shutil.rmtree(work)
    sys.exit(1 if report["problems"] else 0)


if __name__ == "__main__":
    main()
