"""soak_viewer.py RUN.tvr END-FILE SECONDS: what soak.py has look at the run, until END-FILE is there. Follows it
and reads its newest step into a filter, twice a second. Every SECONDS (0: never) the reader and its filter are
given up and made anew: with $TENSORVIEW_SOAK_SERVER, a port, on a new connection to that pvserver, else in this
process. Prints a JSON object for each look: how many there were, and the newest step."""
import json
import os
import sys
import time

from paraview import simple


def look(path, end, seconds):
    """@return the newest step seen"""
    reader = simple.TensorRunReader(FileName=path, Follow=1)
    weights = simple.WeightGrid(Input=simple.OutputPort(reader, 0), Layer="conv1", Kind="weight")
    until = time.monotonic() + (seconds or float("inf"))
    newest = None
    while time.monotonic() < until and not os.path.exists(end):
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
    path, end, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    port = os.environ.get("TENSORVIEW_SOAK_SERVER")
    looks = 0
    while not os.path.exists(end):
        if port:
            simple.Connect("localhost", int(port))
        newest = look(path, end, seconds)
        if port:
            simple.Disconnect()
        looks += 1
        print(json.dumps({"looks": looks, "step": newest}), flush=True)
    os._exit(0)


main()
