"""Writes extracts of a recorded run without a window, a picture and a table for every step:

    scripts/with-display scripts/pvbatch examples/extracts.py run.tvr OUT

OUT holds weights_*.png (the scene's weights), groups_*.csv (filters that do the same work) and metrics.csv. ParaView's window
makes the same by Extractors and File > Save Extracts.
"""
import sys

from paraview.simple import *

import tensorview_scene

run = OpenDataFile(sys.argv[1])
scene = tensorview_scene.build(run)
steps = list(run.TimestepValues)
scene.fit_colors_to_steps((steps[0], steps[-1]))

picture = CreateExtractor("PNG", scene.views["weights"])
picture.Writer.FileName = "weights_{time:06.0f}.png"
picture.Writer.ImageResolution = [800, 600]

grouping = PCCGrouping(Input=run)
groups = CreateExtractor("CSV", OutputPort(grouping, 3))
groups.Writer.FileName = "groups_{time:06.0f}.csv"

SaveExtracts(ExtractsOutputDirectory=sys.argv[2])
SaveData(f"{sys.argv[2]}/metrics.csv", OutputPort(run, 1))
Disconnect()
