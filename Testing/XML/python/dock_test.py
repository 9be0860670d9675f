"""What GUI tests ask in ParaView's Python shell: wait for a trainer, note what was found.

Waiting here blocks ParaView's window but not the engine, which has threads of its own; a test
gives the window a moment afterwards (the event `pause`). Notes go to the file that
TENSORVIEW_GUI_NOTES names; run_gui_test.py fails the test if one of them says "not so".
"""

import math
import os
import subprocess
import time

from paraview import simple

PATIENCE = 60.0  # seconds until a wait is given up; far longer than anything takes


def note(verdict, sentence):
    with open(os.environ["TENSORVIEW_GUI_NOTES"], "a", encoding="utf-8") as notes:
        notes.write(f"{verdict}: {sentence}\n")


def expect(condition, sentence):
    note("so" if condition else "not so", sentence)


def in_folder(*names):
    """A path in the test's folder."""
    return os.path.join(os.environ["PARAVIEW_TEST_ROOT"], *names)


def information(source, name):
    """The value of an information property, fresh from the server."""
    source.SMProxy.UpdatePropertyInformation(source.SMProxy.GetProperty(name))
    return source.GetPropertyValue(name)


def wait_until(source_name, name, accept, sentence):
    """Waits until accept(value of that information property) holds."""
    source = simple.FindSource(source_name)
    end = time.monotonic() + PATIENCE
    value = information(source, name)
    while not accept(value) and time.monotonic() < end:
        time.sleep(0.02)
        value = information(source, name)
    expect(accept(value), f"{source_name}: {sentence} ({name} is {value})")


def wait_for_state(source_name, *states):
    wait_until(source_name, "State", lambda state: state in states, "state " + " or ".join(states))


def wait_for_step(source_name, step):
    wait_until(source_name, "Step", lambda value: value >= step, f"at least step {step}")


def expect_step(source_name, step):
    value = information(simple.FindSource(source_name), "Step")
    expect(value == step, f"{source_name}: exactly step {step} (it is {value})")


def expect_still(source_name, seconds=0.5):
    """The trainer makes no step in that time."""
    source = simple.FindSource(source_name)
    before = information(source, "Step")
    time.sleep(seconds)
    after = information(source, "Step")
    expect(before == after, f"{source_name}: stands still (step {before}, then {after})")


def expect_value(source_name, name, value):
    found = simple.FindSource(source_name).GetPropertyValue(name)
    same = math.isclose(found, value) if isinstance(value, float) else found == value
    expect(same, f"{source_name}.{name} is {value!r} (found {found!r})")


def expect_views(render_views, charts):
    names = [view.GetXMLName() for view in simple.GetViews()]
    found = (names.count("RenderView"), sum("Chart" in name for name in names))
    expect(found == (render_views, charts),
           f"{render_views} render views and {charts} charts (found {', '.join(names)})")


def expect_shown(*proxy_names):
    """Each of these filters is shown in some view, with data in it."""
    for proxy_name in proxy_names:
        shown = [
            source for source in simple.GetSources().values()
            if source.GetXMLName() == proxy_name and any(
                representation is not None and getattr(representation, "Visibility", 0)
                for representation in (simple.GetRepresentation(source, view)
                                       for view in simple.GetViews()
                                       if view.GetXMLName() == "RenderView"))
        ]
        expect(bool(shown), f"{proxy_name} is shown")
        for source in shown:
            expect(source.GetDataInformation().GetNumberOfPoints() > 0, f"{proxy_name} has points")


def expect_words(source_name, *words):
    """What the trainer has to say, which is what the dock shows, holds all these words."""
    source = simple.FindSource(source_name)
    said = " ".join(information(source, name) for name in ("Message", "Warning", "CommandReason"))
    for word in words:
        expect(word in said, f"{source_name} says {word!r} (it says: {said})")


def expect_rows(source_name, port, count):
    """The table that this port of the source has given so far has that many rows."""
    found = simple.FindSource(source_name).GetDataInformation(port).GetNumberOfRows()
    expect(found == count, f"port {port} of {source_name} has {count} rows (found {found})")


SHOWN = {}  # what a filter's output was when remember() was called


def filter_of(proxy_name):
    return next(source for source in simple.GetSources().values()
                if source.GetXMLName() == proxy_name)


def output_of(proxy_name):
    """What tells one output from another, without updating anything: extent and ranges."""
    information_of_port = filter_of(proxy_name).SMProxy.GetDataInformation(0)
    ranges = [information_of_port.GetBounds()]
    for attributes in (information_of_port.GetPointDataInformation(),
                       information_of_port.GetCellDataInformation()):
        ranges += [attributes.GetArrayInformation(index).GetComponentRange(0)
                   for index in range(attributes.GetNumberOfArrays())]
    return ranges


def remember(*proxy_names):
    for proxy_name in proxy_names:
        SHOWN[proxy_name] = output_of(proxy_name)


def expect_moved(*proxy_names):
    """The outputs of these filters have changed since remember(), without any Apply."""
    for proxy_name in proxy_names:
        expect(output_of(proxy_name) != SHOWN[proxy_name], f"{proxy_name} has moved")


def reader_of(file_name):
    for source in simple.GetSources().values():
        if source.GetXMLName() == "TensorRunReader" and file_name in str(source.FileName):
            return source
    expect(False, f"a reader of {file_name} is open")
    return None


def expect_time_steps(file_name, steps):
    reader = reader_of(file_name)
    found = list(reader.TimestepValues) if reader else []
    expect(found == steps, f"{file_name} has the steps {steps} (found {found})")


def expect_time(time_value):
    found = simple.GetAnimationScene().AnimationTime
    expect(found == time_value, f"the time is {time_value} (found {found})")
    for view in simple.GetViews():
        expect(view.ViewTime == time_value, f"{view.GetXMLName()} shows {time_value}")


def select_on_surface(proxy_name, left, bottom, right, top):
    """A rubber band, in parts of the view, in the view that shows this filter."""
    source = filter_of(proxy_name)
    view = next(view for view in simple.GetViews() if view.GetXMLName() == "RenderView"
                and getattr(simple.GetRepresentation(source, view), "Visibility", 0))
    width, height = view.ViewSize
    simple.SelectSurfaceCells(
        Rectangle=[int(left * width), int(bottom * height), int(right * width), int(top * height)], View=view)


def select_slots(proxy_name, field_type, *slots):
    """As Find Data does."""
    query = "|".join(f"(Slot == {slot})" for slot in slots)
    simple.QuerySelect(QueryString=query, FieldType=field_type, Source=filter_of(proxy_name))


def selected_slots(proxy_name, port=0):
    """Slots of what is selected in an output, or None without a selection."""
    source = filter_of(proxy_name)
    selection = source.GetSelectionInput(port)
    if selection is None:
        return None
    extract = simple.ExtractSelection(Input=simple.OutputPort(source, port), Selection=selection)
    extract.UpdatePipeline()
    information = extract.GetDataInformation()
    found = information.GetNumberOfPoints() + information.GetNumberOfRows()
    data = simple.servermanager.Fetch(extract)
    simple.Delete(extract)
    if not found:
        return set()
    data = data if not data.IsA("vtkPartitionedDataSetCollection") else data.GetPartition(0, 0)
    attributes = data.GetRowData() if data.IsA("vtkTable") else data.GetCellData()
    slots = attributes.GetArray("Slot")
    return {int(slots.GetValue(index)) for index in range(slots.GetNumberOfTuples())}


def expect_selected(slots, *proxy_names):
    for proxy_name in proxy_names:
        found = selected_slots(proxy_name)
        expect(found == set(slots), f"slots {sorted(slots)} are selected in {proxy_name} (found {found})")


def expect_some_selected(*proxy_names):
    """The same slots in all, but not all slots."""
    found = [selected_slots(proxy_name) for proxy_name in proxy_names]
    expect(all(slots == found[0] for slots in found) and found[0] and len(found[0]) < 16,
           f"the same slots are selected in {', '.join(proxy_names)} (found {found})")


def expect_none_selected(*proxy_names):
    for proxy_name in proxy_names:
        found = selected_slots(proxy_name)
        expect(not found, f"nothing is selected in {proxy_name} (found {found})")


WRITERS = []  # programs that record a run while ParaView looks at it


def start_writer(file_name):
    """tensorview-train, recording to that file until stop_writer()."""
    path = in_folder(file_name)
    program = os.path.join(os.environ["TENSORVIEW_BUILD_DIR"], "bin", "tensorview-train")
    with open(path + ".log", "w", encoding="utf-8") as log:
        WRITERS.append(subprocess.Popen(
            [program, "--epochs", "1000", "--snapshot-interval", "20", "--record-file", path], stdout=log,
            stderr=subprocess.STDOUT))
    end = time.monotonic() + PATIENCE
    while not os.path.exists(path) and WRITERS[-1].poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    expect(os.path.exists(path), f"{file_name} is being written")


def stop_writer():
    for writer in WRITERS:
        expect(writer.poll() is None, "the writer was still writing")
        writer.terminate()
        writer.wait(PATIENCE)


def steps_of(file_name):
    """The recorded steps that the reader has announced so far."""
    reader = reader_of(file_name)
    return list(reader.TimestepValues) if reader else []


def expect_more_steps(file_name, seen):
    now = steps_of(file_name)
    expect(len(now) > len(seen) and now[:len(seen)] == seen,
           f"{file_name} has more steps than {len(seen)} (found {len(now)})")
    shown = simple.GetTimeKeeper().TimestepValues
    expect(shown[-1] == now[-1], f"the time slider reaches step {now[-1]} (it ends at {shown[-1]})")


def expect_step_shown(file_name, step):
    found = reader_of(file_name).GetDataInformation(0).DataInformation.GetTime()
    expect(found == step, f"{file_name} shows step {step} (found {found})")
