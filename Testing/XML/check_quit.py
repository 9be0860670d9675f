"""What closing ParaView in the middle of a training leaves: a run that opens, with all its steps, and a checkpoint of its
last one, from which the training goes on. Run by pvpython in the folder that holds run.tvr."""

import glob
import re

from paraview.simple import OpenDataFile, Trainer

run = OpenDataFile("run.tvr")
run.UpdatePipeline()
steps = list(run.TimestepValues)
rows = run.GetDataInformation(1).GetNumberOfRows()
assert rows >= 5 and steps[0] == 0 and steps[-1] == rows, (rows, steps)

checkpoints = [int(re.search(r"checkpoint-(\d+)", name).group(1)) for name in glob.glob("run.checkpoint-*.pt")]
assert checkpoints and max(checkpoints) == rows, (checkpoints, rows)

trainer = Trainer(Resume="run.tvr", AdvanceSteps=2)
trainer.InvokeCommand("Advance")
trainer.SMProxy.UpdatePropertyInformation(trainer.SMProxy.GetProperty("Step"))
assert trainer.GetPropertyValue("Step") == rows + 2, trainer.GetPropertyValue("Step")
