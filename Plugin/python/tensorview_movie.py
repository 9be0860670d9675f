"""A movie of a training, without a window.

    scripts/run --movie OUT [--network lenet5 --dataset mnist --data-directory D --epochs 2 ...]
    scripts/run --movie OUT --run run.tvr [--layer conv2]

Trains and records as scripts/run --headless does, or takes a run that is there; then ParaView's Save Animation writes
OUT/movie.ogv, a frame for every recorded step (--frames: pictures OUT/frame.0000.png, ... instead). Colours are the same in all
frames: they fit the first and the last step together.
"""
import argparse
import os
import sys

from tensorview_headless import Failure, add_training_options, exit_status, make_trainer, output_folder, train

FRAMES = 100  # about as many snapshots are recorded of a training


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="scripts/run --movie", description="A movie of a training, without a window.")
    parser.add_argument("out", metavar="OUT", help="folder to write into; made if it does not exist")
    parser.add_argument("--run", help="run file to show; without it a network is trained and recorded first")
    parser.add_argument("--layer", help="layer that the movie shows (default: the first)")
    parser.add_argument("--frames", action="store_true", help="write a picture for every frame instead of a movie")
    parser.add_argument("--frame-rate", type=int, default=10, help="frames a second of the movie (default 10)")
    parser.add_argument("--size", type=int, nargs=2, default=[1280, 800], metavar=("WIDTH", "HEIGHT"),
                        help="pixels of a frame (default 1280 800)")
    add_training_options(parser)
    options = parser.parse_args(arguments)
    if options.frame_rate < 1 or min(options.size) < 100:
        parser.error("--frame-rate has to be 1 or more and --size at least 100 100")
    return options


def snapshot_interval(steps):
    """Steps between snapshots, a round number, for about FRAMES frames."""
    interval = 1
    for factor in (2, 2.5, 2) * 6:
        if steps / interval <= FRAMES:
            break
        interval *= factor
    return int(interval)


def record(options, folder):
    """Trains, and returns the run's file name."""
    from paraview import simple
    from tensorview_headless import information

    trainer = make_trainer(options, folder)
    if options.snapshot_interval is None:
        trainer.SnapshotInterval = snapshot_interval(information(trainer, "TotalSteps"))
        trainer.UpdatePipeline()
    print(information(trainer, "RecordMessage"), flush=True)
    train(trainer)
    simple.Delete(trainer)  # closes the recording
    return os.path.join(folder, "run.tvr")


def open_run(path):
    from paraview import simple

    reader = simple.TensorRunReader(FileName=path)
    reader.UpdatePipelineInformation()
    steps = list(getattr(reader, "TimestepValues", None) or [])
    if not steps:
        raise Failure(f"no recorded step can be read from {path}: see the message above")
    return reader, steps


def film(options, folder, path):
    """Writes the movie or the frames; returns the file name and the number of frames."""
    import tensorview_scene
    from paraview import simple

    reader, steps = open_run(path)
    scene = tensorview_scene.build(reader, layer=options.layer, size=options.size)
    scene.fit_colors_to_steps((steps[0], steps[-1]))
    animation = simple.GetAnimationScene()
    animation.UpdateAnimationUsingDataTimeSteps()
    target = os.path.join(folder, "frame.png" if options.frames else "movie.ogv")
    simple.SaveAnimation(target, scene.layout, ImageResolution=list(options.size), FrameRate=options.frame_rate,
                         FrameWindow=[0, len(steps) - 1], **({"SuffixFormat": ".%04d"} if options.frames else {}))
    written = target if not options.frames else os.path.join(folder, f"frame.{len(steps) - 1:04d}.png")
    if not os.path.isfile(written) or os.path.getsize(written) == 0:
        raise Failure(f"{written} was not written: see the message above")
    return target, len(steps)


def run(options):
    if options.run and not os.path.isfile(options.run):
        raise Failure(f"there is no run file {options.run}")
    folder = output_folder(options.out, options.overwrite or options.run is not None)
    path = options.run or record(options, folder)
    target, frames = film(options, folder, path)
    print(f"movie:    {target}, {frames} frames")


if __name__ == "__main__":
    sys.exit(exit_status("scripts/run --movie", run, parse(sys.argv[1:])))
