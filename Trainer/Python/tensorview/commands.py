"""Commands from outside for a training that is recorded: pause, resume, stop, learning rate.

Beside the run file lie, while the training lives, `<run>.commands`, to which viewers append lines of
JSON, and `<run>.state`, in which the training says what it does and what became of each command
(docs/run-format.md, "Commands"). Lines are data: nothing in them is evaluated. Both files are the
user's alone (mode 0600).
"""

import errno
import fcntl
import json
import math
import os
import secrets
import socket
import struct
import threading
import time

_POLL = 0.05  # s between two looks for commands
_TELL = 1.0  # s between two states when nothing but the step has changed
_LONGEST_LINE = 4096  # bytes of a command
_MOST_WAITING = 64  # commands that wait for the end of a step
_MOST_TOLD = 16  # commands whose state is told

# The byte that a living writer locks, as in a run file: no file reaches so far.
_LOCKED_BYTE = 1 << 62


def learning_rate_of(optimizer):
    """The learning rate of an optimizer of PyTorch or Keras, as Commands takes it; None: it has none."""
    if getattr(optimizer, "param_groups", None):
        return TorchLearningRate(optimizer)
    return KerasLearningRate(optimizer) if hasattr(optimizer, "learning_rate") else None


class KerasLearningRate:
    """The learning rate of a Keras optimizer. One that follows a LearningRateSchedule cannot be set:
    Keras says so."""

    def __init__(self, optimizer):
        self._optimizer = optimizer

    def get(self):
        return float(self._optimizer.learning_rate)

    def set(self, value):
        self._optimizer.learning_rate = value


class TorchLearningRate:
    """The learning rate of a PyTorch optimizer: that of its first parameter group. Setting it scales
    the other groups with it. A scheduler of the script sets its own again at its next step."""

    def __init__(self, optimizer):
        self._optimizer = optimizer

    def get(self):
        return float(self._optimizer.param_groups[0]["lr"])

    def set(self, value):
        before = self.get()
        for group in self._optimizer.param_groups:
            rate = float(group["lr"]) * (value / before) if before > 0 else value
            if hasattr(group["lr"], "fill_"):  # a tensor, of optimizers in a CUDA graph
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate


def _lock(descriptor, command):
    """Locks the writer's byte, or asks who does; returns the type of the lock that was found."""
    request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, _LOCKED_BYTE, 1, 0)
    return struct.unpack_from("h", fcntl.fcntl(descriptor, command, request))[0]


def _is_locked(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return _lock(descriptor, fcntl.F_OFD_GETLK) != fcntl.F_UNLCK
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _number(value):
    """A number as JSON knows it: None for what is none."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


class Commands:
    """Takes the commands of viewers for the training that records to `path`.

    learning_rate: an object with get() and set(number); None: it is not offered.

    The constructor never raises: `problem` says in a sentence why no command can come, or is None.
    A training does not stay paused when nobody can resume it any more.
    """

    def __init__(self, path, learning_rate=None):
        self.problem = None
        self._path = os.fspath(path)
        self._learning_rate = learning_rate
        self._offers = ["pause", "resume", "stop"]
        if learning_rate is not None:
            self._offers.append("learning_rate")
        self._session = secrets.token_hex(16)
        self._changed = threading.Condition()
        self._waiting = []  # commands for the end of a step
        self._told = []  # the last commands and their states
        self._paused = False
        self._held = False
        self._stopped = False
        self._step = 0
        self._loss = None
        self._accuracy = None
        self._rate = self._current_rate()
        self._closing = threading.Event()
        self._descriptor = -1
        self._position = 0
        self._rest = b""
        self._thread = None
        try:
            self._open()
        except OSError as error:
            self.problem = f"no commands from outside: {self._path}.commands: {error.strerror}"
            return
        self._thread = threading.Thread(target=self._run, name="tensorview-commands", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------------ for the training

    @property
    def paused(self):
        """True while the training is halted, or is about to be at the end of the step."""
        return self._paused or self._held

    @property
    def stopped(self):
        """True once the training has been asked to stop."""
        return self._stopped

    def tell(self, loss, accuracy):
        """What viewers are told of the last step whose numbers are known; None: not known."""
        self._loss = loss
        self._accuracy = accuracy

    def at_step(self, step):
        """At the end of a step: does what was asked for, and waits here while the training is paused.

        Returns False when the training shall stop.
        """
        self._step = step
        if self._waiting or self.paused:
            with self._changed:
                self._obey()
                while self.paused and not self._stopped:
                    self._changed.wait(0.2)  # Ctrl+C is heard
                    self._obey()
        return not self._stopped

    def hold(self, held):
        """Pauses the training at the end of its step, or lets it go on, for one who gives no commands
        through the files."""
        with self._changed:
            self._held = held
            self._changed.notify_all()

    def close(self):
        """The training has ended: takes the files away."""
        self._closing.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        if self._descriptor >= 0:
            for name in (self._path + ".commands", self._path + ".state"):
                try:
                    os.unlink(name)
                except OSError:
                    pass
            os.close(self._descriptor)
            self._descriptor = -1

    # ------------------------------------------------------------------ at the end of a step

    def _obey(self):
        waiting, self._waiting = self._waiting, []
        for entry in waiting:
            try:
                entry["reason"] = self._do(entry)
                entry["state"] = "done"
            except Exception as error:  # whatever the optimizer says, the training goes on
                entry["reason"] = str(error) or type(error).__name__
                entry["state"] = "failed"
        self._rate = self._current_rate()

    def _do(self, entry):
        command = entry["command"]
        if command == "pause":
            self._paused = True
            return f"paused after step {self._step}"
        if command == "resume":
            self._paused = self._held = False
            return ""
        if command == "stop":
            self._stopped = True
            return ""
        self._learning_rate.set(entry["value"])
        return f"{entry['value']:g} from step {self._step + 1} on"

    def _current_rate(self):
        try:
            return _number(self._learning_rate.get()) if self._learning_rate is not None else None
        except Exception:
            return None

    # ------------------------------------------------------------------ the thread with the files

    def _open(self):
        name = self._path + ".commands"
        if _is_locked(name):
            raise OSError(errno.EBUSY, "another training takes commands there")
        try:
            os.unlink(name)  # of one that was killed
        except FileNotFoundError:
            pass
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._descriptor = os.open(name, flags, 0o600)
        try:
            _lock(self._descriptor, fcntl.F_OFD_SETLK)
            self._tell()
        except OSError:
            os.close(self._descriptor)
            self._descriptor = -1
            os.unlink(name)
            raise

    def _run(self):
        try:
            told = time.monotonic()
            while not self._closing.wait(_POLL):
                self._listen()
                now = time.monotonic()
                if self._summary() != self._last_summary or now - told > _TELL:
                    self._tell_if_possible()
                    told = now
        finally:
            self._give_up()

    def _give_up(self):
        """Nobody can resume the training any more: it goes on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def _summary(self):
        return [(entry["id"], entry["state"]) for entry in self._told], self.paused, self._stopped

    def _listen(self):
        """Reads what viewers have appended."""
        information = os.fstat(self._descriptor)
        if information.st_nlink == 0:
            self.problem = f"{self._path}.commands was removed; no more commands from outside"
            self._closing.set()
            return
        while self._position < information.st_size:
            data = os.pread(self._descriptor, 65536, self._position)
            if not data:
                return
            self._position += len(data)
            lines = (self._rest + data).split(b"\n")
            self._rest = lines.pop()
            if len(self._rest) > _LONGEST_LINE:
                self._rest = b"-"  # of a line that is no command, whatever comes
            for line in lines:
                if len(line) <= _LONGEST_LINE:
                    self._take(line)

    def _take(self, line):
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(request, dict) or request.get("session") != self._session:
            return  # noise, or for a training that ended
        identity = request.get("id")
        if not isinstance(identity, str) or not 0 < len(identity) <= 64:
            return
        command = request.get("command")
        entry = {"id": identity, "command": str(command)[:64], "state": "running", "reason": ""}
        problem = self._refusal(command, request.get("value"))
        with self._changed:
            if problem is None and len(self._waiting) >= _MOST_WAITING:
                problem = "too many commands wait for the end of a step"
            if problem is None:
                if command == "learning_rate":
                    entry["value"] = float(request["value"])
                self._waiting.append(entry)
            else:
                entry["state"] = "failed"
                entry["reason"] = problem
            self._told = (self._told + [entry])[-_MOST_TOLD:]
            self._changed.notify_all()

    def _refusal(self, command, value):
        if command not in self._offers:
            return "this training does not offer that"
        if command == "learning_rate":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return "a learning rate is a number"
            if not 0 <= value < math.inf:
                return "a learning rate is not negative, and finite"
        return None

    def _tell_if_possible(self):
        try:
            self._tell()
            if self.problem and self.problem.startswith("cannot tell"):
                self.problem = None
        except OSError as error:  # a full disk: commands go on working
            self.problem = f"cannot tell viewers the state: {self._path}.state: {error.strerror}"

    def _tell(self):
        with self._changed:
            self._last_summary = self._summary()
            commands = [
                {name: entry[name] for name in ("id", "command", "state", "reason")}
                for entry in self._told
            ]
            state = "stopping" if self._stopped else "paused" if self.paused else "running"
        text = json.dumps({
            "format": "tensorview-commands",
            "version": 1,
            "session": self._session,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "offers": self._offers,
            "state": state,
            "step": int(self._step),
            "loss": _number(self._loss),
            "accuracy": _number(self._accuracy),
            "learning_rate": self._rate,
            "commands": commands,
        })
        new = self._path + ".state.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        descriptor = os.open(new, flags, 0o600)
        try:
            os.write(descriptor, text.encode() + b"\n")
        finally:
            os.close(descriptor)
        os.replace(new, self._path + ".state")
