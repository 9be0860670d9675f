"""The trace of menus_trace.xml is a working script: playing it makes the same pipeline and trains. Run by pvpython in the
folder that holds trace.py."""

import re
import time

from trace_lines import information, play, read_trace

NAMES = play(read_trace(map(re.escape, (
    "trainer1 = Trainer(registrationName='Trainer1'", "weightGrid1 = WeightGrid(registrationName='WeightGrid1', Input=",
    "trainer1.InvokeCommand('Start')", "trainer1.InvokeCommand('Pause')"))))
trainer = NAMES["trainer1"]

END = time.monotonic() + 30
while information(trainer, "State") == "running" and time.monotonic() < END:
    time.sleep(0.05)
# "ready" if it was paused before its first step.
assert information(trainer, "State") in ("paused", "ready"), information(trainer, "State")
grid = NAMES["weightGrid1"]
assert grid.Layer == "conv1" and grid.GetDataInformation(0).GetNumberOfCells() > 0
