#!/usr/bin/env python3
"""Plays a GUI event script in ParaView with TensorView's dock, on a display of its own.

    run_gui_test.py SCRIPT.xml --build BUILD --work FOLDER [--first-start] [--messages]
                    [--server [--ranks N]] [--check CHECK.py]

Passes if ParaView ends with status 0 and says that the script succeeded, nothing crashed, VTK
printed no message (--messages allows them), no note of the script (see python/dock_test.py) says
"not so", the server ends by itself, and CHECK.py, run by pvpython in FOLDER, ends with status 0.
FOLDER is emptied first; ParaView's settings live there, too. In the script, $PARAVIEW_TEST_ROOT is
FOLDER. --first-start plays in what scripts/run opens, as on a machine where ParaView has never
been; else ParaView starts empty and without a welcome.
"""

import argparse
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"
PATIENCE = 300  # seconds for the whole script
SIGNS_OF_A_CRASH = re.compile(r"SIGSEGV|SIGABRT|Segmentation fault|Traceback|AddressSanitizer")
VTK_MESSAGE = re.compile(r"^.* (?:ERR|WARN)\|.*$|^(?:ERROR|Warning): In .*$", re.MULTILINE)


def free_port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]


def die_with_parent():
    """Run in a child before its program: the child is ended when this process is, whatever ends it."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def start_server(port, ranks, environment, log):
    """A pvserver that already listens."""
    command = [str(SCRIPTS / "pvserver"), f"--server-port={port}", "--force-offscreen-rendering"]
    if ranks > 1:
        command = ["mpiexec", "-n", str(ranks), "--oversubscribe"] + command
    # Whatever happens to this script, the server ends.
    command[:0] = ["timeout", "-k", "5", str(PATIENCE + 60)]
    # Without a display on the server's side, ParaView opens with a warning that waits for an answer.
    command = [str(SCRIPTS / "with-display"), "timeout", "-k", "5", str(PATIENCE)] + command
    with open(log, "w", encoding="utf-8") as output:
        server = subprocess.Popen(command, env=environment, stdout=output,
                                  stderr=subprocess.STDOUT, start_new_session=True,
                                  preexec_fn=die_with_parent)
    end = time.monotonic() + 60
    while "Accepting connection" not in log.read_text(encoding="utf-8", errors="replace"):
        if server.poll() is not None or time.monotonic() > end:
            sys.exit(f"pvserver did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.1)
    return server


def play(script, work, environment, server_url, first_start):
    """Runs ParaView; returns its exit status and everything it printed."""
    start = ["run", "--"] if first_start else ["paraview", "--dr"]
    command = [str(SCRIPTS / "with-display"), "timeout", "-k", "5", str(PATIENCE),
               str(SCRIPTS / start[0]), start[1], f"--test-directory={work}",
               f"--test-script={script}", "--exit"]
    if server_url:
        command.insert(-1, f"--server-url={server_url}")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def problems_of(status, output, notes, messages):
    found = []
    if status != 0:
        found.append(f"ParaView ended with status {status}")
    if not re.search(r"is finished\. Success =\s+true", output):
        found.append("the script was not played to its end")
    if SIGNS_OF_A_CRASH.search(output):
        found.append("ParaView's output tells of a crash or an exception")
    if not messages:
        found += [f"ParaView said: {text}" for text in VTK_MESSAGE.findall(output)]
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    found += [line for line in lines if not line.startswith("so: ")]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("script", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--first-start", action="store_true")
    parser.add_argument("--messages", action="store_true")
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--check", type=pathlib.Path)
    arguments = parser.parse_args()

    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)
    notes = arguments.work / "notes.txt"
    environment = dict(
        os.environ,
        TENSORVIEW_BUILD_DIR=str(arguments.build),
        TENSORVIEW_GUI_NOTES=str(notes),
        PARAVIEW_TEST_ROOT=str(arguments.work),
        PYTHONPATH=os.pathsep.join(filter(None, [str(HERE / "python"),
                                                 os.environ.get("PYTHONPATH")])),
        XDG_CONFIG_HOME=str(arguments.work / "settings"),
        OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    )

    server, url = None, None
    if arguments.server:
        port = free_port()
        server = start_server(port, arguments.ranks, environment, arguments.work / "server.log")
        url = f"cs://localhost:{port}"
    status, output = play(arguments.script, arguments.work, environment, url,
                          arguments.first_start)
    (arguments.work / "output.txt").write_text(output, encoding="utf-8")
    problems = problems_of(status, output, notes, arguments.messages)
    if server:
        try:
            if server.wait(timeout=60) != 0:
                problems.append(f"pvserver ended with status {server.returncode}")
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
            problems.append("pvserver did not end with its client")
    if arguments.check and not problems:
        done = subprocess.run([str(SCRIPTS / "with-display"), str(SCRIPTS / "pvpython"),
                               str(arguments.check.resolve())], env=environment,
                              cwd=arguments.work, check=False, timeout=PATIENCE)
        if done.returncode != 0:
            problems.append(f"{arguments.check.name} ended with status {done.returncode}")

    if problems:
        print(output)
        if server:
            print((arguments.work / "server.log").read_text(errors="replace"))
    for problem in problems:
        print(f"{arguments.script.name}: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
