"""The trace of menus_trace.xml is a working script: playing it makes the same pipeline and trains. Run by pvpython in the
folder that holds trace.py."""

import time

with open("trace.py", encoding="utf-8") as trace:
    SCRIPT = trace.read()
for line in ("trainer1 = Trainer(registrationName='Trainer1'", "weightGrid1 = WeightGrid(registrationName='WeightGrid1', Input=",
             "trainer1.InvokeCommand('Start')", "trainer1.InvokeCommand('Pause')"):
    assert line in SCRIPT, f"the trace has no {line!r}:\n{SCRIPT}"

NAMES = {}
exec(compile(SCRIPT, "trace.py", "exec"), NAMES)  # pylint: disable=exec-used
trainer = NAMES["trainer1"]


def information(name):
    trainer.SMProxy.UpdatePropertyInformation(trainer.SMProxy.GetProperty(name))
    return trainer.GetPropertyValue(name)


END = time.monotonic() + 30
while information("State") == "running" and time.monotonic() < END:
    time.sleep(0.05)
# "ready" if it was paused before its first step.
assert information("State") in ("paused", "ready"), information("State")
grid = NAMES["weightGrid1"]
assert grid.Layer == "conv1" and grid.GetDataInformation(0).GetNumberOfCells() > 0
