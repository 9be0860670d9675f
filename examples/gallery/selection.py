"""Filters that do the same work, selected in ParaView's window: in the weights, the images, the trajectories and the table.

    scripts/paraview --script=examples/gallery/selection.py

Shows lenet5.tvr of the current folder.
"""
from paraview.simple import *

import tensorview_scene

run = OpenDataFile("lenet5.tvr")
scene = tensorview_scene.build(run)
scene.show_step(run.TimestepValues[-1])
scene.trajectories.Projection = "Principal Components"
scene.trajectories.Curves = "Each Filter"
scene.trajectories.Arrangement = "True Coordinates"
scene.trajectories.UpdatePipeline()
tensorview_scene.fit_camera(scene.views["trajectories"], scene.trajectories.GetDataInformation().GetBounds(),
                            (-0.35, -0.9, 0.55), (0.0, 0.0, 1.0), note_lines=3)

grouping = PCCGrouping(Input=run, Layer=scene.weights.Layer)
grid = DistributionGrid(Input=grouping, Layer=scene.weights.Layer)  # its filters carry their groups
grid.UpdatePipeline()

table = CreateView("SpreadSheetView")
place = scene.layout.GetViewLocation(scene.views["metrics"])
scene.layout.RemoveView(scene.views["metrics"])
scene.layout.AssignView(place, table)
SetActiveSource(OutputPort(grouping, 2))
Show(OutputPort(grouping, 2), table)
table.HiddenColumnLabels = ["Row ID", "Constant", "GlobalFilterIds", "NearestSlot", "NearestCoefficient"]

SetActiveView(scene.views["weights"])
QuerySelect(QueryString="(Group == 0)", FieldType="CELL", Source=grid)
Hide(grid)
RenderAllViews()
