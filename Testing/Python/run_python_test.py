#!/usr/bin/env python3
"""Runs a test script in pvpython, on a display of its own, with the plugin of a build folder.

    run_python_test.py SCRIPT.py --build BUILD --work FOLDER [--server [--ranks N]] [--] [ARGUMENT...]

Passes if the script and, where there is one, the server end with status 0 and nothing crashed. The
script runs in FOLDER, which is emptied first; the server's port is in $TENSORVIEW_TEST_SERVER.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.append(str(HERE.parent / "XML"))

from run_gui_test import SIGNS_OF_A_CRASH, die_with_parent, free_port, start_server  # noqa: E402

PATIENCE = 300  # seconds for the whole script


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("script", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    environment = dict(
        os.environ,
        TENSORVIEW_BUILD_DIR=str(options.build),
        PYTHONPATH=os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")])),
        OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    )
    server = None
    if options.server:
        port = free_port()
        environment["TENSORVIEW_TEST_SERVER"] = str(port)
        server = start_server(port, options.ranks, environment, options.work / "server.log")

    scripts = ROOT / "scripts"
    done = subprocess.run(
        [str(scripts / "with-display"), "timeout", "-k", "5", str(PATIENCE), str(scripts / "pvpython"),
         str(options.script.resolve()), *options.arguments],
        env=environment, cwd=options.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", check=False, preexec_fn=die_with_parent)
    print(done.stdout)
    problems = [] if done.returncode == 0 else [f"the script ended with status {done.returncode}"]
    if SIGNS_OF_A_CRASH.search(done.stdout):
        problems.append("its output tells of a crash or an exception")
    if server:
        try:
            if server.wait(timeout=60) != 0:
                problems.append(f"pvserver ended with status {server.returncode}")
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
            problems.append("pvserver did not end with its client")
        if problems:
            print((options.work / "server.log").read_text(errors="replace"))
    for problem in problems:
        print(f"{options.script.name}: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
