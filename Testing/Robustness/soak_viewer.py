"""soak_viewer.py FOLDER SECONDS [PORT]: what soak.py has look at the run that FOLDER/current names, until FOLDER/end is
there. Follows it and reads its newest step into a filter, twice a second, until another run is the current one, or, unless
SECONDS is 0, for so long; then the reader and its filter are given up and made anew: with PORT, in a new connection to the
server that listens there. Prints a JSON object for each look: how many there were, and the newest step."""
import json
import os
import sys
import time

from paraview import simple


def current(folder):
    with open(os.path.join(folder, "current"), encoding="utf-8") as file:
        return file.read()


def look(folder, seconds):
    """@return the newest step seen"""
    path, end = current(folder), os.path.join(folder, "end")
    reader = simple.TensorRunReader(FileName=path, Follow=1)
    weights = simple.WeightGrid(Input=simple.OutputPort(reader, 0), Layer="conv1", Kind="weight")
    until = time.monotonic() + (seconds or float("inf"))
    newest = None
    while time.monotonic() < until and not os.path.exists(end) and current(folder) == path:
        reader.RefreshToken += 1
        reader.UpdatePipelineInformation()
        steps = list(reader.TimestepValues)
        if steps:
            newest = steps[-1]
            weights.UpdatePipeline(newest)
            simple.OutputPort(reader, 1).UpdatePipeline(newest)
        time.sleep(0.5)
    simple.Delete(weights)
    simple.Delete(reader)
    return newest


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    port = int(sys.argv[3]) if len(sys.argv) > 3 else None
    looks = 0
    while not os.path.exists(os.path.join(folder, "end")):
        if port:
            simple.Connect("localhost", port)
        newest = look(folder, seconds)
        if port:
            simple.Disconnect()
        looks += 1
        print(json.dumps({"looks": looks, "step": newest}), flush=True)
    os._exit(0)


main()
