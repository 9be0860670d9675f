"""How a run file comes to its name: another name first, a lock, no file replaced unless allowed."""

from __future__ import annotations

import errno
import os
import re
import struct
from pathlib import Path

try:
    import fcntl
except ImportError:  # no locks on this system
    fcntl = None  # type: ignore[assignment]


class RunFileError(RuntimeError):
    """A run file cannot be made or gone on from; the message says what to do."""


LOCKED_BYTE = 1 << 62


def _lock_request() -> bytes:
    # struct flock of 64-bit Linux: type, whence, start, length, process
    return struct.pack("hhxxxxqqixxxx", fcntl.F_WRLCK, os.SEEK_SET, LOCKED_BYTE, 1, 0)


def is_being_written(path: str) -> bool:
    """True if a writer holds its lock on the file."""
    if fcntl is None or not hasattr(fcntl, "F_OFD_GETLK") or not os.path.exists(path):
        return False
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _lock_request())
        return struct.unpack_from("h", answer)[0] != fcntl.F_UNLCK
    except OSError:
        return False
    finally:
        os.close(descriptor)


def later_segments(path: str) -> list[str]:
    """The segments beside a root, `run.0001.tvr` and so on of `run.tvr`, in order of their numbers."""
    root = Path(path)
    pattern = re.compile(re.escape(root.stem) + r"\.(\d{4,})" + re.escape(root.suffix))
    folder = root.parent
    found = [(int(m[1]), str(folder / m[0])) for m in map(pattern.fullmatch, os.listdir(folder)) if m]
    return [name for _, name in sorted(found)]


def segment_name(path: str, number: int) -> str:
    """`run.0003.tvr` of `run.tvr` and 3."""
    root = Path(path)
    return str(root.with_name(f"{root.stem}.{number:04d}{root.suffix}"))


_REMEDIES = {
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "choose a folder that you may write to",
    errno.EISDIR: "name a file, not a folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOSPC: "free some space or choose another disk",
    errno.EDQUOT: "free some space or choose another disk",
    errno.ENOENT: "create its folder first",
    errno.ENOTDIR: "create its folder first",
}


def cannot_create(path: str, error: OSError) -> RunFileError:
    remedy = _REMEDIES.get(error.errno or 0, "choose another place")
    reason = os.strerror(error.errno) if error.errno else str(error)
    return RunFileError(f"cannot create the run file {path}: {reason}; {remedy}")


def _exists(path: str) -> RunFileError:
    return RunFileError(
        f"the run file {path} exists already; choose another name, or allow it to be replaced "
        "(overwrite=True) or gone on from (resume=True)"
    )


def _busy(path: str) -> RunFileError:
    return RunFileError(f"another training is recording to {path}; choose another name, or stop it first")


class NewRunFile:
    """A file under a temporary name, locked for its writer, until publish() gives it its own.

    @raises RunFileError if the file exists (without `overwrite`), is being written or cannot be made
    """

    def __init__(self, path: str, overwrite: bool) -> None:
        self.path = path
        self.temporary_path = path + ".new"
        self.overwrite = overwrite
        self.published = False
        check_new_name(path, overwrite)
        try:
            self.descriptor = os.open(self.temporary_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise cannot_create(path, error) from None
        if not self._lock():
            os.close(self.descriptor)
            raise _busy(path)

    def _lock(self) -> bool:
        if fcntl is None or not hasattr(fcntl, "F_OFD_SETLK"):
            return True
        try:
            fcntl.fcntl(self.descriptor, fcntl.F_OFD_SETLK, _lock_request())
        except OSError as error:
            # A file system without locks does not keep anybody from recording.
            return error.errno not in (errno.EAGAIN, errno.EACCES)
        return True

    def publish(self) -> None:
        """Gives the file its name.

        @raises RunFileError if another file has come to that name meanwhile
        """
        try:
            if self.overwrite:
                if is_being_written(self.path):
                    raise _busy(self.path)
                os.replace(self.temporary_path, self.path)
            else:
                self._rename_new()
        except FileExistsError:
            raise _exists(self.path) from None
        except OSError as error:
            raise cannot_create(self.path, error) from None
        self.published = True

    def _rename_new(self) -> None:
        try:
            os.link(self.temporary_path, self.path)  # refuses a name that is taken
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            if os.path.lexists(self.path):
                raise FileExistsError(errno.EEXIST, "exists", self.path) from None
            os.rename(self.temporary_path, self.path)
        else:
            os.unlink(self.temporary_path)

    def close(self) -> None:
        """Gives up the lock, and the file if it was never published."""
        if not self.published:
            try:
                os.unlink(self.temporary_path)
            except OSError:
                pass
        os.close(self.descriptor)


def check_new_name(path: str, overwrite: bool) -> None:
    """@raises RunFileError if no run file can get this name"""
    if not path:
        raise RunFileError("cannot create a run file without a name; name one")
    if os.path.isdir(path):
        raise cannot_create(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
    if os.path.lexists(path):
        if is_being_written(path):
            raise _busy(path)
        if not overwrite:
            raise _exists(path)
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise cannot_create(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    if not os.access(folder, os.W_OK):
        raise cannot_create(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def remove_later_segments(path: str) -> None:
    """Removes the later segments of a run that is replaced.

    @raises RunFileError if one of them is being written
    """
    later = later_segments(path)
    for segment in later:
        if is_being_written(segment):
            raise _busy(segment)
    for segment in later:
        os.unlink(segment)
