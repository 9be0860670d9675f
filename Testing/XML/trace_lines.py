"""What the traces of the dock's tests are held against."""

import re


def read_trace(lines):
    """The text of trace.py, after finding in it a match of every regular expression of `lines`, in that order."""
    with open("trace.py", encoding="utf-8") as trace:
        script = trace.read()
    place = 0
    for line in lines:
        found = re.compile(line, re.MULTILINE).search(script, place)
        assert found, f"the trace has no {line!r} after position {place}:\n{script}"
        place = found.end()
    return script


def play(script):
    """Runs the trace; returns its names."""
    names = {}
    exec(compile(script, "trace.py", "exec"), names)  # pylint: disable=exec-used
    return names


def information(proxy, name):
    """The value of an information property now."""
    proxy.SMProxy.UpdatePropertyInformation(proxy.SMProxy.GetProperty(name))
    return proxy.GetPropertyValue(name)
