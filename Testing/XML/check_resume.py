"""The two halves of the training of dock_resume.xml are one run. Run by pvpython in the folder that holds run.tvr."""

from paraview import servermanager
from paraview.simple import OpenDataFile

run = OpenDataFile("run.tvr")
run.UpdatePipeline()
steps = list(run.TimestepValues)
assert steps[0] == 0 and 30 in steps and steps[-1] >= 50, steps
metrics = servermanager.Fetch(run, idx=1)
times = [metrics.GetColumnByName("Time").GetTuple1(row) for row in range(metrics.GetNumberOfRows())]
assert times == list(range(1, int(steps[-1]) + 1)), times
