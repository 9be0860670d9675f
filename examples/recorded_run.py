"""Looks at a recorded run, step by step: scripts/with-display scripts/pvpython examples/recorded_run.py run.tvr"""
import sys
from paraview.simple import *
import tensorview_scene

run = OpenDataFile(sys.argv[1])
scene = tensorview_scene.build(run, layer="conv2")
for step in run.TimestepValues:
    scene.show_step(step)
    scene.save(f"run-{step:06.0f}.png")
Disconnect()
