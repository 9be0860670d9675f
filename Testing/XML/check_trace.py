"""The trace of dock_trace.xml is a working script: it has the lines that say what was done by hand,
in that order, and playing it does the same. Run by pvpython in the folder that holds trace.py."""

from trace_lines import information, play, read_trace

LINES = [
    r"^trainer1 = Trainer\(registrationName='Trainer1'",
    r"^trainer1\.Epochs = 200$",
    r"^trainer1\.LearningRate = 0\.02$",
    r"^import tensorview_scene$",
    r"^tensorview_scene\.build\(trainer1\)$",
    r"^trainer1\.AdvanceSteps = 4$",
    r"^trainer1\.InvokeCommand\('Advance'\)$",
    r"^trainer1\.LearningRate = 0\.05$",
    r"^trainer1\.InvokeCommand\('Start'\)$",
    r"^# paused by hand after step \d+$",
    r"^trainer1\.InvokeCommand\('Pause'\)$",
    r"^trainer1\.InvokeCommand\('Stop'\)$",
]

SCRIPT = read_trace(LINES)
assert "AdvanceWait" not in SCRIPT, "a script waits for its steps, the dock does not"

NAMES = play(SCRIPT)
trainer = NAMES["trainer1"]

assert trainer.Epochs == 200 and trainer.LearningRate == 0.05
assert information(trainer, "State") == "finished", information(trainer, "State")
assert information(trainer, "Step") >= 4, information(trainer, "Step")
kinds = [view.GetXMLName() for view in NAMES["GetViews"]()]
assert kinds.count("RenderView") == 3 and sum("Chart" in kind for kind in kinds) == 1, kinds
