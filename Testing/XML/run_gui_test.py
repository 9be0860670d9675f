#!/usr/bin/env python3
"""Plays a GUI event script in ParaView with TensorView's dock, on a display of its own.

    run_gui_test.py SCRIPT.xml --build BUILD --work FOLDER [--first-start] [--message=TEXT]...
                    [--server [--ranks N]] [--check CHECK.py]

Passes if ParaView ends with status 0 and says that the script succeeded, nothing crashed, VTK
printed no message but those that hold a TEXT, and for every TEXT one, the script took notes (see
python/dock_test.py) and none says "not so", the server ends by itself, and CHECK.py, run by pvpython
in FOLDER, ends with status 0. FOLDER is emptied first; ParaView's settings live there, too. In the
script, $PARAVIEW_TEST_ROOT is FOLDER. --first-start plays in what scripts/run opens, as on a
machine where ParaView has never been; else ParaView starts empty and without a welcome.
"""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Scripts"))

from paraview_session import (  # noqa: E402
    PATIENCE, SCRIPTS, SIGNS_OF_A_CRASH, Server, conclude, environment_for, parser_of)

VTK_MESSAGE = re.compile(r"^.* (?:ERR|WARN)\|.*$|^(?:ERROR|Warning): In .*\n.*$", re.MULTILINE)


def play(options, environment, server):
    """Runs ParaView; returns its exit status and everything it printed."""
    start = ["run", "--"] if options.first_start else ["paraview", "--dr"]
    command = [str(SCRIPTS / "with-display"), "timeout", "-k", "5", str(PATIENCE),
               str(SCRIPTS / start[0]), start[1], f"--test-directory={options.work}",
               f"--test-script={options.script}", "--exit"]
    if server:
        command.insert(-1, f"--server-url=cs://localhost:{server.port}")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def problems_of(status, output, notes, expected):
    found = []
    if status != 0:
        found.append(f"ParaView ended with status {status}")
    if not re.search(r"is finished\. Success =\s+true", output):
        found.append("the script was not played to its end")
    if SIGNS_OF_A_CRASH.search(output):
        found.append("ParaView's output tells of a crash or an exception")
    messages = VTK_MESSAGE.findall(output)
    found += [f"ParaView said: {message}" for message in messages
              if not any(text in message for text in expected)]
    found += [f"ParaView did not say: {text}" for text in expected
              if not any(text in message for message in messages)]
    if not notes.exists():
        return found + ["the script did not import dock_test"]
    lines = notes.read_text(encoding="utf-8").splitlines()
    return found + [line for line in lines if not line.startswith("so: ")]


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--first-start", action="store_true")
    parser.add_argument("--message", action="append", default=[])
    parser.add_argument("--check", type=pathlib.Path)
    options = parser.parse_args()

    notes = options.work / "notes.txt"
    environment = environment_for(
        options, HERE / "python", TENSORVIEW_GUI_NOTES=str(notes), PARAVIEW_TEST_ROOT=str(options.work),
        XDG_CONFIG_HOME=str(options.work / "settings"))
    server = Server(options, environment) if options.server else None
    status, output = play(options, environment, server)
    (options.work / "output.txt").write_text(output, encoding="utf-8")
    problems = problems_of(status, output, notes, options.message)
    if server:
        problems += server.problems_at_its_end()
    if options.check and not problems:
        done = subprocess.run([str(SCRIPTS / "with-display"), str(SCRIPTS / "pvpython"),
                               str(options.check.resolve())], env=environment,
                              cwd=options.work, check=False, timeout=PATIENCE)
        if done.returncode != 0:
            problems.append(f"{options.check.name} ended with status {done.returncode}")
    if problems:
        print(output)
    conclude(options, problems, server)


if __name__ == "__main__":
    main()
