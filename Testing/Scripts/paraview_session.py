"""What the runners of pvpython and GUI tests share: arguments, a folder and an environment of their own, a pvserver."""
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

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"
PATIENCE = 300  # seconds for the whole script
SIGNS_OF_A_CRASH = re.compile(r"SIGSEGV|SIGABRT|Segmentation fault|Traceback|AddressSanitizer")


def parser_of(documentation):
    parser = argparse.ArgumentParser(description=documentation, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("script", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--server", action="store_true")
    parser.add_argument("--ranks", type=int, default=1)
    return parser


def environment_for(options, modules, **more):
    """The environment for ParaView's programs; empties the folder that they work in. `modules`: a folder of Python modules."""
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    return dict(
        os.environ,
        TENSORVIEW_BUILD_DIR=str(options.build),
        PYTHONPATH=os.pathsep.join(filter(None, [str(modules), os.environ.get("PYTHONPATH")])),
        OMPI_ALLOW_RUN_AS_ROOT="1",
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
        **more,
    )


def die_with_parent():
    """Run in a child before its program: the child is ended when this process is, whatever ends it."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _free_port():
    with socket.socket() as listener:
        listener.bind(("localhost", 0))
        return listener.getsockname()[1]


class Server:
    """A pvserver that already listens, with its output in server.log of the test's folder."""

    def __init__(self, options, environment):
        self.port = _free_port()
        self.log = options.work / "server.log"
        command = [str(SCRIPTS / "pvserver"), f"--server-port={self.port}", "--force-offscreen-rendering"]
        if options.ranks > 1:
            command = ["mpiexec", "-n", str(options.ranks), "--oversubscribe"] + command
        # Whatever happens to this script, the server ends.
        command[:0] = ["timeout", "-k", "5", str(PATIENCE + 60)]
        # Without a display on the server's side, ParaView opens with a warning that waits for an answer.
        command = [str(SCRIPTS / "with-display"), "timeout", "-k", "5", str(PATIENCE)] + command
        with open(self.log, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT,
                                            start_new_session=True, preexec_fn=die_with_parent)
        end = time.monotonic() + 60
        while "Accepting connection" not in self.output():
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"pvserver did not start:\n{self.output()}")
            time.sleep(0.1)

    def output(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def problems_at_its_end(self):
        """It ends with its client."""
        try:
            status = self.process.wait(timeout=60)
            return [] if status == 0 else [f"pvserver ended with status {status}"]
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return ["pvserver did not end with its client"]


def conclude(options, problems, server):
    """Ends this process; status 0 if there are no problems."""
    if server and problems:
        print(server.output())
    for problem in problems:
        print(f"{options.script.name}: {problem}")
    sys.exit(1 if problems else 0)
