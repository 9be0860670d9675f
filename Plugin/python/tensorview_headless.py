"""Trains a network without a window, records it, and writes pictures of the scene at start and end.

    scripts/run --headless OUT [--network lenet5 --dataset mnist --data-directory D --epochs 2 ...]

OUT/run.tvr is the run; OUT/scene-start.png and scene-end.png show the whole scene, weights-start.png,
images-end.png and so on one view each. If OUT holds a run already, it is kept and the new one goes to
OUT/2, then OUT/3 and so on; --overwrite replaces it. Exit status 0 only when the training came to its
end and everything was written.
"""
import argparse
import math
import os
import sys
import time

POLL_SECONDS = 0.2
REPORT_SECONDS = 2.0

#: option, property of the Trainer, type, help
TRAINER_OPTIONS = (
    ("--network", "Network", str, "lenet5-simplified, lenet5 or a network JSON file"),
    ("--dataset", "Dataset", str, "digits, mnist, cifar10 or folder"),
    ("--data-directory", "DataDirectory", str, "folder that holds the data set's files"),
    ("--device", "Device", str, "auto, cpu or cuda"),
    ("--seed", "Seed", int, "seed of everything random"),
    ("--batch-size", "BatchSize", int, "images of one step"),
    ("--optimizer", "Optimizer", str, "sgd, adam or adamw"),
    ("--learning-rate", "LearningRate", float, "length of a step along the gradient"),
    ("--momentum", "Momentum", float, "share of the last step's direction that sgd keeps"),
    ("--weight-decay", "WeightDecay", float, "pull of every weight towards zero"),
    ("--learning-rate-schedule", "LearningRateSchedule", str, "constant, step or cosine"),
    ("--threads", "Threads", int, "threads that a step uses; 0: all cores"),
    ("--snapshot-interval", "SnapshotInterval", int, "steps between two recorded snapshots"),
    ("--steps", "MaximumSteps", int, "end after this many steps"),
)


class Failure(Exception):
    """What went wrong, in words for the user."""


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="scripts/run --headless", description="Train a network without a window, record it, write pictures.")
    parser.add_argument("out", metavar="OUT", help="folder to write into; made if it does not exist")
    parser.add_argument("--layer", help="layer that the pictures show (default: the first)")
    add_training_options(parser)
    return parser.parse_args(arguments)


def add_training_options(parser):
    """The options that make_trainer takes."""
    parser.add_argument("--epochs", type=int, default=2, help="times over all training images (default 2)")
    parser.add_argument("--overwrite", action="store_true", help="replace a run that OUT holds already")
    for option, _, kind, text in TRAINER_OPTIONS:
        parser.add_argument(option, type=kind, help=text)


def output_folder(out, overwrite):
    """The folder to write into: `out`, or the first of out/2, out/3 ... that holds no run yet."""
    folder, number = out, 1
    while not overwrite and os.path.exists(os.path.join(folder, "run.tvr")):
        number += 1
        folder = os.path.join(out, str(number))
    if number > 1:
        print(f"{out} holds a run already, which is kept (--overwrite replaces it); this one goes to {folder}")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make the folder {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise Failure(f"cannot write into the folder {folder}")
    return folder


def seconds_since_start():
    """Seconds since this process was started."""
    with open("/proc/self/stat", encoding="ascii") as stat, open("/proc/uptime", encoding="ascii") as uptime:
        started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return float(uptime.read().split()[0]) - started


def information(trainer, name):
    trainer.SMProxy.UpdatePropertyInformation(trainer.SMProxy.GetProperty(name))
    return trainer.GetPropertyValue(name)


def percent(fraction):
    return "not known" if math.isnan(fraction) else f"{100 * fraction:.2f} %"


def report(trainer):
    left = information(trainer, "SecondsLeft")
    print(f"epoch {information(trainer, 'Epoch'):.2f}, step {information(trainer, 'Step')} of "
          f"{information(trainer, 'TotalSteps')}, loss {information(trainer, 'Loss'):.4f}, "
          f"{information(trainer, 'StepsPerSecond'):.0f} steps/s" + (f", {left:.0f} s left" if left >= 0 else ""), flush=True)


def make_trainer(options, folder):
    from paraview import simple

    settings = {name: getattr(options, option.lstrip("-").replace("-", "_")) for option, name, _, _ in TRAINER_OPTIONS}
    settings = {name: value for name, value in settings.items() if value is not None}
    trainer = simple.Trainer(Epochs=options.epochs, RecordFile=os.path.join(folder, "run.tvr"),
                             Overwrite=int(options.overwrite), **settings)
    trainer.UpdatePipeline()
    if information(trainer, "State") != "ready":
        raise Failure(f"there is nothing to train: {information(trainer, 'Message')}")
    return trainer


def train(trainer):
    """Trains to the end; KeyboardInterrupt stops the training first."""
    trainer.InvokeCommand("Start")
    if information(trainer, "CommandState") == "failed":
        raise Failure(f"the training did not start: {information(trainer, 'CommandReason')}")
    reported = time.monotonic()
    try:
        while information(trainer, "State") in ("preparing", "running"):
            time.sleep(POLL_SECONDS)
            if time.monotonic() - reported >= REPORT_SECONDS:
                report(trainer)
                reported = time.monotonic()
    except KeyboardInterrupt:
        trainer.InvokeCommand("Stop")
        raise
    if information(trainer, "State") != "finished":
        raise Failure(f"the training ended early: {information(trainer, 'Message')}")


def save_pictures(scene, folder, when):
    from tensorview_scene import VIEW_NAMES

    scene.save(os.path.join(folder, f"scene-{when}.png"))
    for name in VIEW_NAMES:
        scene.save_view(name, os.path.join(folder, f"{name}-{when}.png"))


def check_written(folder):
    from tensorview_scene import VIEW_NAMES

    files = ["run.tvr"] + [f"{name}-{when}.png" for name in ("scene",) + VIEW_NAMES for when in ("start", "end")]
    missing = [name for name in files if not os.path.isfile(os.path.join(folder, name))]
    if missing:
        raise Failure(f"not written into {folder}: {', '.join(missing)}")


def run(options):
    import tensorview_scene

    folder = output_folder(options.out, options.overwrite)
    trainer = make_trainer(options, folder)
    print(f"{options.network or 'lenet5-simplified'} on {options.dataset or 'digits'}, "
          f"{information(trainer, 'DeviceInUse')}, {information(trainer, 'ThreadsInUse')} threads", flush=True)
    print(information(trainer, "RecordMessage"), flush=True)
    scene = tensorview_scene.build(trainer, layer=options.layer)
    scene.save(os.path.join(folder, "scene-start.png"))
    print(f"first picture after {seconds_since_start():.1f} s", flush=True)
    save_pictures(scene, folder, "start")

    began = time.monotonic()
    train(trainer)
    seconds = time.monotonic() - began
    scene.refresh()
    save_pictures(scene, folder, "end")

    trained = f"{information(trainer, 'Step')} steps in {seconds:.1f} s"
    accuracies = (f"validation accuracy {percent(information(trainer, 'ValidationAccuracy'))}, "
                  f"test accuracy {percent(information(trainer, 'TestAccuracy'))}")
    dropped = information(trainer, "DroppedRows") + information(trainer, "DroppedSnapshots")
    check_written(folder)
    print(f"{trained}; {accuracies}")
    if dropped:
        print(f"{dropped} rows or snapshots are missing in the run: the disk was too slow")
    print(f"run:      {os.path.join(folder, 'run.tvr')} ({os.path.getsize(os.path.join(folder, 'run.tvr')) / 1e6:.1f} MB)")
    print(f"pictures: {os.path.join(folder, 'scene-start.png')}, scene-end.png and one of each view")


def exit_status(program, work, options):
    """Does work(options); what goes wrong is told in the name of the program."""
    from paraview import simple

    try:
        work(options)
        return 0
    except Failure as failure:
        print(f"{program}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; what was recorded stays readable", file=sys.stderr)
        return 130
    finally:
        simple.Disconnect()  # closes the recording; pvpython crashes when it exits with open views


if __name__ == "__main__":
    sys.exit(exit_status("scripts/run --headless", run, parse(sys.argv[1:])))
