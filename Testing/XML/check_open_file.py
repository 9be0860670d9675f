"""The trace of open_file.xml is a working script: playing it opens the file and makes its view. Run by pvpython in the folder
that holds trace.py."""

with open("trace.py", encoding="utf-8") as trace:
    SCRIPT = trace.read()
for line in ("TensorFileReader(registrationName='one.pt', FileName=[", "tensorview_scene.build("):
    assert line in SCRIPT, f"the trace has no {line!r}:\n{SCRIPT}"

NAMES = {}
exec(compile(SCRIPT, "trace.py", "exec"), NAMES)  # pylint: disable=exec-used
grids = [source for source in NAMES["GetSources"]().values() if source.GetXMLName() == "WeightGrid"]
assert len(grids) == 1, grids
assert grids[0].GetDataInformation(0).GetNumberOfCells() == 24 * 6
