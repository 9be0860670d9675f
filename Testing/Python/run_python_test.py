#!/usr/bin/env python3
"""Runs a test script in pvpython, on a display of its own, with the plugin of a build folder.

    run_python_test.py SCRIPT.py --build BUILD --work FOLDER [--server [--ranks N]] [--] [ARGUMENT...]

Passes if the script and, where there is one, the server end with status 0 and nothing crashed. The
script runs in FOLDER, which is emptied first; the server's port is in $TENSORVIEW_TEST_SERVER.
"""

import argparse
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Scripts"))

from paraview_session import (  # noqa: E402
    PATIENCE, SCRIPTS, SIGNS_OF_A_CRASH, Server, conclude, die_with_parent, environment_for, parser_of)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    environment = environment_for(options, HERE)
    server = None
    if options.server:
        server = Server(options, environment)
        environment["TENSORVIEW_TEST_SERVER"] = str(server.port)

    done = subprocess.run(
        [str(SCRIPTS / "with-display"), "timeout", "-k", "5", str(PATIENCE), str(SCRIPTS / "pvpython"),
         str(options.script.resolve()), *options.arguments],
        env=environment, cwd=options.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", check=False, preexec_fn=die_with_parent)
    print(done.stdout)
    problems = [] if done.returncode == 0 else [f"the script ended with status {done.returncode}"]
    if SIGNS_OF_A_CRASH.search(done.stdout):
        problems.append("its output tells of a crash or an exception")
    if server:
        problems += server.problems_at_its_end()
    conclude(options, problems, server)


if __name__ == "__main__":
    main()
