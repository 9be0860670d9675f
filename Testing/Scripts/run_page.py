#!/usr/bin/env python3
"""Runs the commands of a page of the documentation, in the page's order.

    run_page.py PAGE.md --build BUILD --work FOLDER [--skip COMMAND]...

Commands are the lines of its ```sh blocks; ```python blocks are scripts: saved under the name that
the text after them gives ("Save it as `name.py`"), else run with scripts/pvpython. Everything runs
in FOLDER, which is emptied first, with scripts/ and examples/ of this repository, build/ as BUILD, and
$PYTHON as the environment's TENSORVIEW_PYTHON.

A command must end with status 0. One that opens ParaView's window has a display of its own and must
still be there after a while, without having told of an exception; it is then ended. A server runs
until the page's end. A command that begins with one of the --skip texts is named and left out.
"""

import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
BLOCK = re.compile(r"^( *)```(sh|python)\n(.*?)^\1```$\n?(.*?)(?=^ *```|\Z)", re.M | re.S)
SAVED_AS = re.compile(r"Save it as `([^`]+)`")
WINDOW_TIME = 25  # seconds that a window must live
COMMAND_TIME = 600
SIGNS_OF_A_CRASH = re.compile(r"Traceback|SIGSEGV|Segmentation fault|command not found")


class Failure(Exception):
    """What went wrong with one command."""


def commands_of(page, work):
    """The page's commands; its Python scripts are written into the folder."""
    for indent, language, body, after in BLOCK.findall(page.read_text(encoding="utf-8")):
        lines = [line.removeprefix(indent) for line in body.splitlines()]
        if language == "sh":
            for line in lines:
                words = shlex.split(line, comments=True)
                if words:
                    yield words
            continue
        name = SAVED_AS.search(after)
        script = work / (name.group(1) if name else "block.py")
        script.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if not name:
            yield ["scripts/pvpython", script.name]


def located(words, build):
    """The command with paths of the clone made absolute, and the project's own Python."""
    def absolute(word):
        if word == "$PYTHON":
            return os.environ["TENSORVIEW_PYTHON"]
        if word == "PYTHONPATH=examples":
            return f"PYTHONPATH={REPOSITORY / 'examples'}"
        if re.match(r"(scripts|examples)/", word):
            return str(REPOSITORY / word)
        return re.sub(r"^build/", f"{build}/", word)
    return [absolute(word) for word in words]


def opens_window(words):
    return words[0] == "scripts/paraview" or (words[0] == "scripts/run" and
                                              not {"--headless", "--movie"} & set(words))


class Page:
    """Runs commands; remembers the servers that it started."""

    def __init__(self, build, work):
        self.build = build
        self.work = work
        self.servers = []
        self.environment = dict(os.environ, TENSORVIEW_BUILD_DIR=str(build),
                                XDG_CONFIG_HOME=str(work / "settings"),
                                OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")

    def run(self, words):
        command = located(words, self.build)
        if "scripts/pvserver" in words:
            self.serve(command)
        elif opens_window(words):
            self.show(command)
        else:
            if words[0] == "scripts/pvpython":
                command.insert(0, str(REPOSITORY / "scripts" / "with-display"))
            self.complete(command)

    def complete(self, command):
        done = self.started(command, COMMAND_TIME)
        if done.returncode != 0:
            raise Failure(f"status {done.returncode}\n{done.stdout}")

    def show(self, command):
        # timeout tells by its status 124 that the window was still there.
        command = [str(REPOSITORY / "scripts" / "with-display"), "timeout", "-k", "10",
                   str(WINDOW_TIME), *command]
        done = self.started(command, COMMAND_TIME)
        if done.returncode != 124 or SIGNS_OF_A_CRASH.search(done.stdout):
            raise Failure(f"status {done.returncode} instead of an open window\n{done.stdout}")

    def started(self, command, limit):
        return subprocess.run(command, cwd=self.work, env=self.environment, timeout=limit,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)

    def serve(self, command):
        # Whatever happens to this script, the server ends.
        command = [str(REPOSITORY / "scripts" / "with-display"), "timeout", "-k", "5",
                   str(COMMAND_TIME), *command]
        name = self.work / f"server-{len(self.servers)}.log"
        with open(name, "w", encoding="utf-8") as log:
            server = subprocess.Popen(command, cwd=self.work, env=self.environment, stdout=log,
                                      stderr=subprocess.STDOUT, start_new_session=True)
        self.servers.append(server)
        while "Accepting connection" not in name.read_text(errors="replace"):
            if server.poll() is not None:
                raise Failure("the server ended")
            time.sleep(0.2)

    def end(self):
        for server in self.servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
                server.wait(timeout=30)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--skip", action="append", default=[])
    arguments = parser.parse_args()
    shutil.rmtree(arguments.work, ignore_errors=True)
    arguments.work.mkdir(parents=True)

    page = Page(arguments.build.resolve(), arguments.work.resolve())
    count = 0
    try:
        for words in commands_of(arguments.page, page.work):
            line = shlex.join(words)
            if any(line.startswith(text) for text in arguments.skip):
                print(f"left out: {line}", flush=True)
                continue
            begin = time.monotonic()
            page.run(words)
            count += 1
            print(f"{time.monotonic() - begin:6.1f} s  {line}", flush=True)
    except (Failure, subprocess.TimeoutExpired) as failure:
        sys.exit(f"{arguments.page.name}: {line}: {failure}")
    finally:
        page.end()
    if count == 0:
        sys.exit(f"{arguments.page.name} has no command: its blocks are not found any more")


if __name__ == "__main__":
    main()
