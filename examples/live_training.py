"""Watches a network while it trains: scripts/with-display scripts/pvpython examples/live_training.py"""
from paraview.simple import *
import tensorview_scene

trainer = Trainer(Network="lenet5-simplified", Dataset="digits", LearningRate=0.05)
scene = tensorview_scene.build(trainer)
trainer.AdvanceSteps = 20
for picture in range(3):
    trainer.InvokeCommand("Advance")
    scene.refresh()
    scene.save(f"training-{picture}.png")
Disconnect()
