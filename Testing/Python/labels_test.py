"""Names of layers and filters in views: which are written."""
import unittest

from paraview import servermanager
from paraview.simple import *

import tensorview_labels
import tensorview_scene
from live_trainer import advance, main


def written(view):
    """What the labels of a view say."""
    text = next(shown for shown in view.Representations if shown.GetXMLName() == "DataLabelRepresentation")
    data = servermanager.Fetch(text.Input)
    names = data.GetPointData().GetAbstractArray("Label")
    return [names.GetValue(i) for i in range(names.GetNumberOfValues())] if names else []


class LabelsTest(unittest.TestCase):
    def view_of(self, grid, show):
        view = tensorview_scene.render_view("labels", parallel=True)
        view.ViewSize = [300, 200]
        show(grid, view)
        Render(view)
        return view

    def test_layers(self):
        trainer = Trainer()
        advance(trainer, 2)
        view = self.view_of(WeightGrid(Input=trainer, Layer="*"), tensorview_labels.show_layers)
        self.assertEqual([name for name in written(view) if name], ["conv1", "conv2", "fc1", "fc2"])

    def test_filters(self):
        trainer = Trainer()
        advance(trainer, 2)
        view = self.view_of(ImageGrid(Input=trainer, Layer="conv1"), tensorview_labels.show_filters)
        self.assertEqual(written(view), [str(slot) for slot in range(16)])


if __name__ == "__main__":
    main()
