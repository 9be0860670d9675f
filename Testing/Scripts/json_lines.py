"""The JSON objects that a program prints, one a line, among other lines."""
import json
import subprocess


def json_lines(command, env=None, stderr=subprocess.PIPE):
    """Runs the command (words, numbers, paths), which must end with status 0, and returns its objects in order. What it writes to
    its standard error is not shown; with stderr=None it is."""
    done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, stderr=stderr, text=True, env=env)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
