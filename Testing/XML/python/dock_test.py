"""What GUI tests ask in ParaView's Python shell: wait for what they expect, note what was found.

Nothing here depends on how fast the machine is: what is expected is waited for, with ParaView's
window running on meanwhile. Importing this adds the event `wait_for` (player/pqWaitEventPlayer.h),
which waits for a property of a widget. Notes go to the file that TENSORVIEW_GUI_NOTES names;
run_gui_test.py fails the test if one of them says "not so".
"""

import ctypes
import json
import math
import os
import subprocess
import sys
import time

from paraview import simple

PATIENCE = 100.0  # seconds until a wait is given up; far longer than anything takes
GLANCE = 20  # milliseconds between two looks at what is waited for
# PyDLL keeps Python's lock: what runs in the window meanwhile may be Python, too.
WINDOW = ctypes.PyDLL(os.environ["TENSORVIEW_GUI_TEST_LIBRARY"])
WINDOW.tensorview_add_wait_event()


def note(verdict, sentence):
    with open(os.environ["TENSORVIEW_GUI_NOTES"], "a", encoding="utf-8") as notes:
        notes.write(f"{verdict}: {sentence}\n")


def expect(condition, sentence):
    note("so" if condition else "not so", sentence)


def _note_exception(kind, value, _trace):
    """ParaView's shell would only print it, where nobody looks in a test."""
    expect(False, f"{kind.__name__}: {value}")


sys.excepthook = _note_exception
note("so", "dock_test is imported")


def until(holds):
    """Lets ParaView's window run until that function returns something true; returns what it returned last."""
    end = time.monotonic() + PATIENCE
    found = holds()
    while not found and time.monotonic() < end:
        WINDOW.tensorview_run_window(GLANCE)
        found = holds()
    return found


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
    until(lambda: accept(information(source, name)))
    value = source.GetPropertyValue(name)
    expect(accept(value), f"{source_name}: {sentence} ({name} is {value})")


def wait_for_state(source_name, *states):
    wait_until(source_name, "State", lambda state: state in states, "state " + " or ".join(states))


def wait_for_step(source_name, step):
    wait_until(source_name, "Step", lambda value: value >= step, f"at least step {step}")


def expect_step(source_name, step):
    value = information(simple.FindSource(source_name), "Step")
    expect(value == step, f"{source_name}: exactly step {step} (it is {value})")


def expect_still(source_name, seconds=0.5):
    """The trainer makes no step in that time, while the window runs."""
    source = simple.FindSource(source_name)
    before = information(source, "Step")
    WINDOW.tensorview_run_window(int(1000 * seconds))
    after = information(source, "Step")
    expect(before == after, f"{source_name}: stands still (step {before}, then {after})")


def expect_value(source_name, name, value):
    found = simple.FindSource(source_name).GetPropertyValue(name)
    same = math.isclose(found, value) if isinstance(value, float) else found == value
    expect(same, f"{source_name}.{name} is {value!r} (found {found!r})")


def view_names():
    return [view.GetXMLName() for view in simple.GetViews()]


def count_views():
    names = view_names()
    return names.count("RenderView"), sum("Chart" in name for name in names)


def expect_views(render_views, charts):
    until(lambda: count_views() == (render_views, charts))
    expect(count_views() == (render_views, charts),
           f"{render_views} render views and {charts} charts (found {', '.join(view_names())})")


def shown_ports():
    """(source, number of the port) of everything that some render view shows."""
    return [(display.Input.SMProxy, display.Input.Port)
            for view in simple.GetViews() if view.GetXMLName() == "RenderView"
            for display in view.Representations
            if getattr(display, "Visibility", 0) and getattr(display, "Input", None) is not None]


def shown_filters(proxy_name):
    """Filters of that kind of which some output is shown."""
    shown = [source for source, _port in shown_ports()]
    return [source for source in simple.GetSources().values()
            if source.GetXMLName() == proxy_name and source.SMProxy in shown]


def expect_shown(*proxy_names):
    """Each of these filters is shown in some view, with data in it."""
    for proxy_name in proxy_names:
        shown = until(lambda name=proxy_name: shown_filters(name))
        expect(bool(shown), f"{proxy_name} is shown")
        for source in shown:
            until(lambda shown_one=source: points_of(shown_one) > 0)
            expect(points_of(source) > 0, f"{proxy_name} has points")


def points_of(source):
    return source.GetDataInformation().GetNumberOfPoints()


def expect_words(source_name, *words):
    """What the trainer has to say, which is what the dock shows, holds all these words."""
    source = simple.FindSource(source_name)

    def said():
        return " ".join(information(source, name) for name in ("Message", "Warning", "CommandReason"))

    for word in words:
        until(lambda wanted=word: wanted in said())
        expect(word in said(), f"{source_name} says {word!r} (it says: {said()})")
    # Now and not at its next update, before which it may have been corrected, it writes that to the output window, too.
    source.RefreshToken += 1
    source.UpdatePipeline()


def expect_rows(source_name, port, count):
    """The table that this port of the source has given so far has that many rows."""
    source = simple.FindSource(source_name)

    def found():
        return source.GetDataInformation(port).GetNumberOfRows()

    until(lambda: found() == count)
    expect(found() == count, f"port {port} of {source_name} has {count} rows (found {found()})")


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
        moved = until(lambda name=proxy_name: output_of(name) != SHOWN[name])
        expect(moved, f"{proxy_name} has moved")


def reader_of(file_name):
    for source in simple.GetSources().values():
        if source.GetXMLName() == "TensorRunReader" and file_name in str(source.FileName):
            return source
    expect(False, f"a reader of {file_name} is open")
    return None


def expect_time_steps(file_name, steps):
    until(lambda: steps_of(file_name) == steps)
    found = steps_of(file_name)
    expect(found == steps, f"{file_name} has the steps {steps} (found {found})")


def expect_time(time_value):
    """The animation is at that time, and so is every view."""
    scene = simple.GetAnimationScene()
    until(lambda: scene.AnimationTime == time_value)
    expect(scene.AnimationTime == time_value, f"the time is {time_value} (found {scene.AnimationTime})")
    for view in simple.GetViews():
        until(lambda shown=view: shown.ViewTime == time_value)
        expect(view.ViewTime == time_value, f"{view.GetXMLName()} shows {time_value} (found {view.ViewTime})")


def select_on_surface(proxy_name, left, bottom, right, top):
    """A rubber band, in parts of the view, in the view that shows this filter."""
    source = filter_of(proxy_name)
    view = next(view for view in simple.GetViews() if view.GetXMLName() == "RenderView" and any(
        getattr(display, "Input", None) is not None and display.Input.SMProxy == source.SMProxy
        for display in view.Representations))
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
        until(lambda name=proxy_name: selected_slots(name) == set(slots))
        found = selected_slots(proxy_name)
        expect(found == set(slots), f"slots {sorted(slots)} are selected in {proxy_name} (found {found})")


def expect_some_selected(*proxy_names):
    """The same slots in all, but not all slots."""
    def found():
        return [selected_slots(proxy_name) for proxy_name in proxy_names]

    def alike(sets):
        return all(slots == sets[0] for slots in sets) and sets[0] and len(sets[0]) < 16

    until(lambda: alike(found()))
    expect(alike(found()), f"the same slots are selected in {', '.join(proxy_names)} (found {found()})")


def expect_curves():
    def count():
        return filter_of("Trajectory").GetDataInformation().GetNumberOfCells()

    until(lambda: count() > 0)
    expect(count() > 0, f"the trajectories have curves (found {count()})")


def expect_none_selected(*proxy_names):
    for proxy_name in proxy_names:
        until(lambda name=proxy_name: not selected_slots(name))
        found = selected_slots(proxy_name)
        expect(not found, f"nothing is selected in {proxy_name} (found {found})")


def ports_shown(proxy_name):
    """Names of the outputs of that filter that some render view shows."""
    proxy = filter_of(proxy_name).SMProxy
    ports = sorted({port for source, port in shown_ports() if source == proxy})
    return [proxy.GetOutputPortName(port) for port in ports]


def expect_ports_shown(proxy_name, *names):
    until(lambda: ports_shown(proxy_name) == list(names))
    found = ports_shown(proxy_name)
    expect(found == list(names), f"{proxy_name} shows {', '.join(names)} (found {', '.join(found)})")


def set_and_render(proxy_name, **values):
    """What a script does; the properties of a filter, then a picture."""
    source = filter_of(proxy_name)
    for name, value in values.items():
        setattr(source, name, value)
    simple.RenderAllViews()


PICKED = set()  # slots that were selected when pick() was called


def pick(proxy_name):
    PICKED.clear()
    PICKED.update(selected_slots(proxy_name))


def set_value(source_name, **values):
    """What a script does."""
    for name, value in values.items():
        setattr(simple.FindSource(source_name), name, value)


def delete(source_name):
    simple.Delete(simple.FindSource(source_name))


def diverge(source_name):
    """Trains with a learning rate that makes the loss no number, after which the trainer pauses."""
    set_value(source_name, LearningRate=1000.0, AdvanceSteps=50)
    simple.FindSource(source_name).InvokeCommand("Advance")
    wait_for_state(source_name, "paused")


def filters_in(proxy_name):
    """How many filters a grid draws."""
    source = filter_of(proxy_name)
    source.UpdatePipeline()
    data = simple.servermanager.Fetch(source)
    numbers = data.GetCellData().GetArray("Slot")
    return len({int(numbers.GetTuple1(index)) for index in range(numbers.GetNumberOfTuples())})


def expect_filters(proxy_name, count):
    until(lambda: filters_in(proxy_name) == count)
    found = filters_in(proxy_name)
    expect(found == count, f"{proxy_name} draws {count} filters (found {found})")


def edits_of(source_name):
    """What was done to the network, in order."""
    lines = information(simple.FindSource(source_name), "EditLines")
    lines = [lines] if isinstance(lines, str) else list(lines or [])
    return [json.loads(line) for line in lines]


def edited_at(source_name, number):
    return edits_of(source_name)[number]["step"]


def expect_removed(source_name, number, *slots):
    """That edit took these filters."""
    found = edits_of(source_name)[number]["layers"][0]["slots"]
    expect(found == list(slots), f"edit {number} of {source_name} took {slots} (found {found})")


def expect_running(source_name):
    """More steps come."""
    source = simple.FindSource(source_name)
    before = information(source, "Step")
    until(lambda: information(source, "Step") > before)
    after = information(source, "Step")
    expect(after > before, f"{source_name} trains on (step {before}, then {after})")


def losses_of(source, count):
    metrics = simple.servermanager.Fetch(source, idx=1)
    loss = metrics.GetColumnByName("loss")
    return [loss.GetTuple1(index) for index in range(min(count, metrics.GetNumberOfRows()))]


def expect_same_losses(source_name, steps):
    """Once it has trained so many more, a trainer has the losses of a fresh one that nobody edited."""
    source = simple.FindSource(source_name)
    source.AdvanceSteps = steps
    source.InvokeCommand("Advance")
    total = information(source, "Step")
    plain = simple.Trainer(Epochs=source.Epochs)
    plain.AdvanceSteps = total
    plain.InvokeCommand("Advance")
    plain.UpdatePipeline()
    source.UpdatePipeline()
    found, expected = losses_of(source, total), losses_of(plain, total)
    simple.Delete(plain)
    expect(len(found) == total and found == expected,
           f"{source_name} has the losses of a training without edits (found {found[-3:]}, expected {expected[-3:]})")


def add_grouping(threshold):
    """Groups the first layer's filters."""
    trainer = next(source for source in simple.GetSources().values() if source.GetXMLName() == "Trainer")
    grouping = simple.PCCGrouping(Input=simple.OutputPort(trainer, 0), Threshold=threshold)
    grouping.UpdatePipeline()


def groups():
    """The slots of each group."""
    grouping = filter_of("PCCGrouping")
    grouping.UpdatePipelineInformation()
    grouping.SMProxy.UpdatePropertyInformation(grouping.SMProxy.GetProperty("GroupMembers"))
    texts = grouping.GetPropertyValue("GroupMembers")
    texts = [texts] if isinstance(texts, str) else list(texts or [])
    return [[int(number) % 2**24 for number in text.split()] for text in texts if text]


def members():
    """Slots of the first group."""
    return groups()[0] if groups() else []


def expect_groups():
    until(groups)
    expect(bool(groups()) and len(members()) > 1, f"there is a group of several filters (found {groups()})")


def select_rows(proxy_name, port, row):
    """A row of a table in a SpreadSheet View, as clicking it does."""
    source = filter_of(proxy_name)
    view = simple.CreateView("SpreadSheetView")
    simple.AssignViewToLayout(view=view, layout=simple.GetLayout(simple.GetViews()[0]))
    simple.Show(simple.OutputPort(source, port), view)
    simple.Render(view)
    simple.SelectIDs(IDs=[-1, row], FieldType="ROW", Source=simple.OutputPort(source, port))


WRITERS = []  # programs that record a run while ParaView looks at it


def start_writer(file_name):
    """tensorview-train, recording to that file until stop_writer()."""
    path = in_folder(file_name)
    program = os.path.join(os.environ["TENSORVIEW_BUILD_DIR"], "bin", "tensorview-train")
    with open(path + ".log", "w", encoding="utf-8") as log:
        WRITERS.append(subprocess.Popen(
            [program, "--epochs", "1000", "--snapshot-interval", "20", "--record-file", path], stdout=log,
            stderr=subprocess.STDOUT))
    until(lambda: os.path.exists(path) or WRITERS[-1].poll() is not None)
    expect(os.path.exists(path), f"{file_name} is being written")


def start_outside_training(file_name):
    """A training in PyTorch, recording to that file until it is asked to stop."""
    path = in_folder(file_name)
    testing = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    script = os.path.join(testing, "Scripts", "outside_training.py")
    with open(path + ".log", "w", encoding="utf-8") as log:
        WRITERS.append(subprocess.Popen(
            [os.environ["TENSORVIEW_PYTHON"], script, path], stdout=log, stderr=subprocess.STDOUT))
    until(lambda: os.path.exists(path + ".state") or WRITERS[-1].poll() is not None)
    expect(os.path.exists(path + ".state"), f"{file_name} is being written")


def expect_end_of_outside_training(learning_rate):
    """It ended of itself, and had that learning rate last."""
    until(lambda: WRITERS[-1].poll() is not None)
    expect(WRITERS[-1].poll() == 0, "the training ended well")
    with open(in_folder("run.tvr.log"), encoding="utf-8") as log:
        text = log.read()
    expect(text == f"learning rate {learning_rate}\n", f"its last words: {text!r}")


def expect_command_done(file_name):
    """What was commanded last through that reader was done."""
    until(lambda: information(reader_of(file_name), "CommandState") in ("done", "failed"))
    reason = information(reader_of(file_name), "CommandReason")
    expect(information(reader_of(file_name), "CommandState") == "done", f"the command was done {reason!r}")


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
    until(lambda: len(steps_of(file_name)) > len(seen))
    now = steps_of(file_name)
    expect(len(now) > len(seen) and now[:len(seen)] == seen,
           f"{file_name} has more steps than {len(seen)} (found {len(now)})")
    until(lambda: simple.GetTimeKeeper().TimestepValues[-1] >= now[-1])
    shown = simple.GetTimeKeeper().TimestepValues
    expect(shown[-1] >= now[-1], f"the time slider reaches step {now[-1]} (it ends at {shown[-1]})")


def expect_step_shown(file_name, step):
    reader = reader_of(file_name)

    def found():
        return reader.GetDataInformation(0).DataInformation.GetTime()

    until(lambda: found() == step)
    expect(found() == step, f"{file_name} shows step {step} (found {found()})")


def text_of(file_name):
    """A run file as text: what is not is passed over, and JSON is, as nothing in it is compressed."""
    with open(in_folder(file_name), "rb") as file:
        return file.read().decode("utf-8", "ignore")


def live_settings(file_name):
    """The settings of the newest event that tells of their change; without one, none."""
    lines = [line for line in text_of(file_name).splitlines() if '"event":"hyperparameters"' in line]
    return json.loads(lines[-1][lines[-1].index("{"):]) if lines else {}


def expect_live_settings(file_name, **settings):
    """The record says that these act now."""
    def act():
        return settings.items() <= live_settings(file_name).items()

    until(act)
    expect(act(), f"{settings} act in {file_name} (found {live_settings(file_name)})")


def expect_parent_run(file_name, parent):
    expect(f'"parent_run": "{parent}"' in text_of(file_name), f"{file_name} names {parent} as the run that it comes from")


def expect_why(source_name, number, words):
    found = edits_of(source_name)[number].get("why", "")
    expect(words in found, f"edit {number} of {source_name} was made because of {words} (found {found!r})")
