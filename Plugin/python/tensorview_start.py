"""What scripts/run shows: a Trainer, ready to start, and its scene.

    paraview --script=Plugin/python/tensorview_start.py

With TENSORVIEW_NO_SCENE=1 in the environment it does nothing.
"""
import os


def main():
    if os.environ.get("TENSORVIEW_NO_SCENE", "0") not in ("", "0"):
        return
    from paraview import simple

    import tensorview_scene

    tensorview_scene.build(simple.Trainer())


main()
