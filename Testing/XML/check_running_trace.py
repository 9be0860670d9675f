"""The trace of dock_running.xml holds what was done by hand as lines of a script, in that order. Run by pvpython in the folder
that holds trace.py."""

from trace_lines import read_trace

LINES = [
    r"^trainer1\.RecordFile = '.*run\.tvr'$",
    r"^trainer1\.InvokeCommand\('Advance'\)$",
    r"^trainer1\.PauseStep = 6$",
    r"^trainer1\.InvokeCommand\('PauseAt'\)$",
    r"^trainer1\.InvokeCommand\('Start'\)$",
    r"^trainer1\.InvokeCommand\('Evaluate'\)$",
    r"^trainer1\.CheckpointFile = '.*six\.pt'$",
    r"^trainer1\.InvokeCommand\('SaveCheckpoint'\)$",
    r"^trainer1\.Optimizer = 'adam'$",
    r"^trainer1\.AdamBeta1 = 0\.8$",
    r"^trainer1\.LearningRateSchedule = 'step'$",
    r"^trainer1\.InvokeCommand\('LoadCheckpoint'\)$",
    r"^trainer1\.InvokeCommand\('Stop'\)$",
    r"^trainer2 = Trainer\(",
    r"^trainer2\.RecordFile = '.*branch\.tvr'$",
    r"^trainer2\.Resume = '.*run\.checkpoint-00000006\.pt'$",
    r"^trainer2\.InvokeCommand\('Advance'\)$",
]

SCRIPT = read_trace(LINES)
assert "EditWait" not in SCRIPT, f"EditWait is the dock's own business:\n{SCRIPT}"
