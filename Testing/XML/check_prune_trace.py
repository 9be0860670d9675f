"""The trace of dock_prune_trace.xml is a working script: it has the lines that say what was done by
hand, in that order, and playing it does the same. Run by pvpython in the folder that holds trace.py."""

import json
import re

from trace_lines import information, play, read_trace

LINES = [
    r"^trainer1\.InvokeCommand\('Advance'\)$",
    r"^trainer1\.PruneMethod = 'scale'$",
    r"^trainer1\.EditReason = 'alike'$",
    r"^trainer1\.EditLayer = 'conv1'$",
    r"^trainer1\.EditSlots = \[4, 9\]$",
    r"^trainer1\.EditSurvivors = \[3, 3\]$",
    r"^trainer1\.InvokeCommand\('ApplyEdit'\)$",
    r"^# given after step 4$",
    r"^trainer1\.InvokeCommand\('Undo'\)$",
    r"^trainer1\.PruneChoice = 'smallest-norm'$",
    r"^trainer1\.EditSlots = \[\]$",
    r"^trainer1\.InvokeCommand\('Preview'\)$",
    r"^trainer1\.InvokeCommand\('Stop'\)$",
]

SCRIPT = read_trace(LINES)
assert re.search(r"^trainer1\.PruneTo = 12$", SCRIPT, re.MULTILINE), SCRIPT
for word in ("EditWait", "PCCGrouping", "PassThrough"):
    assert word not in SCRIPT, f"{word} is the dock's own business:\n{SCRIPT}"

NAMES = play(SCRIPT)
trainer = NAMES["trainer1"]

edits = [json.loads(line) for line in information(trainer, "EditLines")]
assert [edit["edit"] for edit in edits] == ["prune", "undo"], edits
assert edits[0]["layers"][0]["slots"] == [4, 9] and edits[0]["method"] == "scale", edits
assert edits[0]["why"] == "alike", edits
preview = json.loads(information(trainer, "PreviewResult"))
assert preview["layers"][0]["filters_after"] == 12, preview
