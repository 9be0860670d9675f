"""Pushes what is recorded to a ParaView that waits for it (Catalyst > Connect), beside the record.

ParaView runs in a process of its own (live_push.py): whatever the viewer or the network does, the
training goes on.
"""

import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import threading

import numpy as np

_MOST_ROWS = 100000  # of metrics that wait for the other process


class Mirror:
    """A run file, of which viewers are told what is written to it: the writer's thread does that, not
    the training."""

    def __init__(self, file, commands, live):
        self._file = file
        self._commands = commands
        self._live = live

    def __getattr__(self, name):
        return getattr(self._file, name)

    def append_steps(self, steps, epochs, metrics, tracked):
        self._file.append_steps(steps, epochs, metrics, tracked)
        columns = self._file.layout.metrics
        last = dict(zip(columns, metrics[-1].tolist()))
        self._commands.tell(last.get("loss"), last.get("accuracy"))
        if self._live is not None:
            self._live.metrics(["epoch", *columns], steps, np.column_stack([epochs, metrics]))

    def append_snapshot(self, step, epoch, tensors):
        self._file.append_snapshot(step, epoch, tensors)
        if self._live is not None:
            described = zip(self._file.layout.tensors, tensors)
            self._live.snapshot(step, epoch, [
                (tensor.layer, tensor.kind, np.array(values, "<f4").reshape(tensor.shape))
                for tensor, values in described if values is not None and values.size])


def paraview_python():
    """The program that has ParaView's Python, or None: $TENSORVIEW_PARAVIEW_PYTHON, this Python if
    it can import paraview, or the first pvpython in PATH."""
    named = os.environ.get("TENSORVIEW_PARAVIEW_PYTHON")
    if named:
        return named
    if importlib.util.find_spec("paraview") is not None:
        return sys.executable
    return shutil.which("pvpython")


def parse_address(address):
    """("host", port) of "host:port".

    Raises ValueError in words if it is none.
    """
    host, colon, port = str(address).rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(
            f"live={address!r} is not host:port; ParaView's own port is 22222: \"localhost:22222\"")
    return host.strip("[]"), int(port)


class LivePush:
    """Shows snapshots and metrics to the ParaView that waits at `address` ("host:port").

    layers: those of the run's layout.

    The constructor never raises: `problem` says in a sentence why nothing is pushed, or is None.
    `state` is "starting", "waiting" (for a viewer), "connected", "failed" or "closed"; `paused`
    tells that the viewer's Catalyst > Pause Simulation is on. What the viewer asks for goes to
    `commands`, from another thread.
    """

    def __init__(self, address, layers, commands):
        self.problem = None
        self.state = "starting"
        self.paused = False
        self._layers = {layer.name: {"layer_id": layer.id, "type": layer.type} for layer in layers}
        self._commands = commands
        self._changed = threading.Condition()
        self._snapshot = None
        self._rows = []
        self._columns = []
        self._closing = False
        self._process = None
        self._alive = None  # a pipe's end that the other process sees closed when this one has ended
        self._threads = []
        try:
            self._start(*parse_address(address))
        except (OSError, ValueError) as error:
            self._fail(str(error))

    def snapshot(self, step, epoch, tensors):
        """Tensors of a step: a list of (layer, kind, float32 array [filters, channels, rows,
        columns]). The arrays are kept: they must not change any more. Returns at once; a newer
        snapshot takes the place of one that is not under way yet."""
        if self.problem is not None:
            return
        with self._changed:
            self._snapshot = int(step), float(epoch), list(tensors)
            self._changed.notify()

    def metrics(self, columns, steps, values):
        """Numbers of steps, [steps, columns]. They go out with the next snapshot."""
        if self.problem is not None:
            return
        with self._changed:
            self._columns = list(columns)
            self._rows.extend(np.column_stack([steps, values]).tolist())
            del self._rows[:-_MOST_ROWS]

    def close(self):
        """Ends the push; waits a moment for what is under way, never for the viewer."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        for thread in self._threads:
            thread.join(1.0)
        self._threads = []
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            os.close(self._alive)
        self.state = "closed"

    def _fail(self, reason):
        self.problem = f"nothing is pushed to ParaView: {reason}"
        self.state = "failed"

    def _start(self, host, port):
        python = paraview_python()
        if python is None:
            self._fail("no ParaView here: neither can this Python import paraview nor is pvpython in "
                       "PATH; install ParaView or name its Python in TENSORVIEW_PARAVIEW_PYTHON")
            return
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "live_push.py")
        reading, writing = os.pipe()
        ended, self._alive = os.pipe()
        try:
            environment = dict(os.environ, OMP_NUM_THREADS="1")
            self._process = subprocess.Popen(
                [python, script, host, str(port), str(writing), str(ended)], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[writing, ended],
                env=environment)
        except OSError:
            os.close(reading)
            os.close(self._alive)
            raise
        finally:
            os.close(writing)
            os.close(ended)
        self._threads = [threading.Thread(target=target, args=arguments, daemon=True)
                         for target, arguments in ((self._send, ()), (self._hear, (reading,)))]
        for thread in self._threads:
            thread.start()

    def _send(self):
        stream = self._process.stdin
        try:
            while True:
                with self._changed:
                    while self._snapshot is None and not self._closing:
                        self._changed.wait()
                    if self._closing:
                        break
                    (step, epoch, tensors), self._snapshot = self._snapshot, None
                    rows, self._rows = self._rows, []
                    columns = list(self._columns)
                blocks = [memoryview(array).cast("B") for _, _, array in tensors]
                described = [
                    {"layer": layer, "kind": kind, "shape": list(array.shape), **self._layers[layer]}
                    for layer, kind, array in tensors]
                header = json.dumps({
                    "step": step, "epoch": epoch, "tensors": described, "columns": columns, "rows": rows,
                    "blocks": [len(block) for block in blocks],
                }).encode()
                stream.write(struct.pack("<I", len(header)))
                stream.write(header)
                for block in blocks:
                    stream.write(block)
                stream.flush()
            stream.close()
        except (OSError, ValueError):
            pass  # the other process is gone; _hear says so

    def _hear(self, descriptor):
        with os.fdopen(descriptor) as lines:
            for line in lines:
                message = json.loads(line)
                if "paused" in message:
                    self.paused = message["paused"]
                    self._commands.hold(self.paused)
                if message.get("learning_rate") is not None:
                    self._commands.ask("learning_rate", message["learning_rate"])
                if message.get("stop"):
                    self._commands.ask("stop")
                if message.get("state") == "failed":
                    self._fail(message.get("reason", ""))
                elif "state" in message:
                    self.state = message["state"]
        if self.paused:
            self._commands.hold(False)  # nobody is there to end the pause
        if not self._closing and self.problem is None:
            self._fail("ParaView's process has ended")
