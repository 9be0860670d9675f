"""The scene of views: what it is made of, what it shows, and that a state file brings it back without training."""
import os
import unittest

from paraview import servermanager, smstate
from paraview.simple import *
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOImage import vtkPNGReader
from vtkmodules.vtkRenderingFreeType import vtkFreeTypeTools

import tensorview_scene
from live_trainer import advance, eventually, information, main, step_shown


def build(source, **options):
    """A small scene: software rendering takes its time for every pixel."""
    return tensorview_scene.build(source, size=(640, 480), **options)


def pixels(path):
    reader = vtkPNGReader()
    reader.SetFileName(path)
    reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)[..., :3].astype(int)


def drawn_share(picture):
    """Share of the pixels that are not background, of the middle of the picture."""
    height, width, _ = picture.shape
    middle = picture[height // 8:-height // 8, width // 6:-width // 6]
    return float((middle.min(axis=2) < 235).mean())


class SceneTest(unittest.TestCase):
    def setUp(self):
        self.trainer = Trainer()

    def tearDown(self):
        ResetSession()

    def picture(self, scene, name, when=""):
        path = f"{self.id().split('.')[-1]}-{name}{when}.png"
        scene.save_view(name, path, (300, 220))
        return pixels(path)

    def test_four_views_in_one_layout_with_settings_for_software_rendering(self):
        scene = build(self.trainer)
        self.assertEqual(tuple(scene.views), tensorview_scene.VIEW_NAMES)
        self.assertEqual(len(GetViewsInLayout(scene.layout)), 4)
        self.assertEqual(len(GetLayouts()), 1)
        for name in tensorview_scene.PICTURE_NAMES:
            self.assertEqual(scene.views[name].UseFXAA, 0)
        self.assertEqual([scene.views[name].CameraParallelProjection for name in tensorview_scene.PICTURE_NAMES], [0, 1, 0])
        self.assertEqual(GetActiveSource(), self.trainer)
        self.assertEqual(information(self.trainer, "State"), "ready")

    def test_every_view_shows_something_and_moves(self):
        scene = build(self.trainer)
        now = scene.trajectories.GetDataInformation(1)
        self.assertEqual((now.GetNumberOfPoints(), step_shown(scene.trajectories, 1)), (3, 0))  # before the first step
        advance(self.trainer, 30)
        scene.refresh()
        before = {name: self.picture(scene, name) for name in scene.views}
        for name, least in (("weights", 0.1), ("images", 0.3), ("trajectories", 0.001), ("metrics", 0.001)):
            self.assertGreater(drawn_share(before[name]), least, name)
        advance(self.trainer, 60)
        scene.refresh()
        for name, picture in before.items():
            self.assertTrue((self.picture(scene, name, "-later") != picture).any(), name)

    def test_titles_do_not_lie_on_the_image_in_a_narrow_view(self):
        scene = tensorview_scene.build(self.trainer, size=(420, 420))
        view = scene.views["images"]
        width, height = view.ViewSize
        self.assertLess(width, 220)
        _, right, _, top, _, _ = scene.images.GetDataInformation(0).GetBounds()
        free = 1.0 - (top - view.CameraFocalPoint[1]) / view.CameraParallelScale  # in halves of the height
        self.assertGreater(free * height / 2, tensorview_scene.TITLE_SIZE)
        beside = width / height - (right - view.CameraFocalPoint[0]) / view.CameraParallelScale
        self.assertGreater(beside * height / 2, tensorview_scene.COLOR_BAR_WIDTH)

    def test_trajectories_say_what_their_axes_are(self):
        scene = build(self.trainer)
        advance(self.trainer, 10)
        scene.refresh()
        text = servermanager.Fetch(FindSource("Trainer1 trajectories note")).GetColumn(0)
        self.assertRegex(text.GetValue(0), "^Axes: weights 0 1 2, 3 4 5, 6 7 8\\.")

    def test_texts_in_other_views_leave_the_numbers_of_the_chart_alone(self):
        scene = build(self.trainer)
        vtkFreeTypeTools.GetInstance().ScaleToPowerTwoOff()  # as texts do
        Render(scene.views["metrics"])
        self.assertTrue(vtkFreeTypeTools.GetInstance().GetScaleToPowerTwo())

    def test_the_layer_is_one_for_all(self):
        scene = build(self.trainer)
        self.assertEqual(scene.weights.Layer, "conv1")
        self.assertEqual(FindSource("Trainer1 layer").Text, "conv1")
        for changed, layer in ((scene.images, "conv2"), (scene.trajectories, "conv1")):
            changed.Layer = layer
            for proxy in (scene.weights, scene.images, scene.trajectories):
                self.assertEqual(proxy.Layer, layer)
            self.assertEqual(FindSource("Trainer1 layer").Text, layer)

    def test_another_layer_from_the_start(self):
        scene = build(self.trainer, layer="conv2")
        self.assertEqual({str(p.GetProperty("Layer")[0]) for p in (scene.weights, scene.images, scene.trajectories)}, {"conv2"})

    def test_two_scenes_side_by_side(self):
        other = Trainer(Seed=2)
        scenes = [build(trainer) for trainer in (self.trainer, other)]
        self.assertEqual(len(GetLayouts()), 2)
        scenes[0].weights.Layer = "conv2"
        self.assertEqual(scenes[1].weights.Layer, "conv1")

    def test_a_layout_of_the_user_stays(self):
        view = CreateView("RenderView")
        layout = CreateLayout("mine")
        AssignViewToLayout(view=view, layout=layout)
        Show(Sphere(), view)
        build(self.trainer)
        self.assertEqual(len(GetLayouts()), 2)

    def test_a_state_file_restores_the_scene_and_trains_nothing(self):
        scene = build(self.trainer)
        self.trainer.LearningRate = 0.05
        advance(self.trainer, 10)
        scene.weights.Layer = "conv2"
        SaveState("scene.pvsm")
        ResetSession()
        LoadState("scene.pvsm")
        trainer = FindSource("Trainer1")
        self.assertEqual(trainer.LearningRate, 0.05)
        self.assertEqual(len(GetRenderViews()), 3)
        for view in GetViews():
            Render(view)
        self.assertEqual(information(trainer, "State"), "ready")
        self.assertEqual(information(trainer, "Step"), 0)
        grids = [source for source in GetSources().values() if source.SMProxy.GetXMLName() == "WeightGrid"]
        self.assertEqual([grid.Layer for grid in grids], ["conv2"])
        self.assertEqual(step_shown(trainer), 0)
        advance(trainer, 3)
        self.assertEqual(information(trainer, "Step"), 3)
        grids[0].Layer = "conv1"
        self.assertEqual(FindSource("Trainer1 layer").Text, "conv1")

    def test_a_python_state_restores_the_scene_and_trains_nothing(self):
        scene = build(self.trainer)
        self.trainer.LearningRate = 0.05
        advance(self.trainer, 10)
        scene.weights.Layer = "conv2"
        state = smstate.get_state()
        ResetSession()
        exec(state, {})
        trainer = FindSource("Trainer1")
        self.assertEqual(trainer.LearningRate, 0.05)
        self.assert_scene_restored("conv2")
        self.assertEqual((information(trainer, "State"), information(trainer, "Step")), ("ready", 0))

    def test_a_state_can_be_saved_when_an_earlier_scene_was_deleted(self):
        other = Trainer(Seed=2)
        scene = build(self.trainer)
        for proxy in (scene.weights, scene.images, scene.trajectories, FindSource("Trainer1 layer")):
            Delete(proxy)
        del proxy
        scene.weights = scene.images = scene.trajectories = None
        build(other)
        SaveState("second.pvsm")

    def test_both_kinds_of_state_restore_the_scene_of_a_recorded_run(self):
        path = os.path.abspath("state.tvr")
        self.trainer.RecordFile = path
        self.trainer.SnapshotInterval = 10
        advance(self.trainer, 30)
        self.trainer.InvokeCommand("Stop")
        self.assertTrue(eventually(lambda: information(self.trainer, "State") == "finished"))
        Delete(self.trainer)
        scene = build(OpenDataFile(path))
        scene.show_step(20)
        scene.weights.Layer = "conv2"
        SaveState("run.pvsm")
        state = smstate.get_state()

        ResetSession()
        LoadState("run.pvsm")
        self.assert_scene_restored("conv2")
        self.assertEqual(list(self.run_reader().TimestepValues), [0, 10, 20, 30])
        self.assertEqual(step_shown(self.run_reader()), 20)

        ResetSession()
        exec(state, {})
        self.assert_scene_restored("conv2")
        self.assertEqual(list(self.run_reader().TimestepValues), [0, 10, 20, 30])

    @staticmethod
    def run_reader():
        return next(source for source in GetSources().values() if source.SMProxy.GetXMLName() == "TensorRunReader")

    def assert_scene_restored(self, layer):
        """Three pictures and a chart, with something in them."""
        self.assertEqual(len(GetRenderViews()), 3)
        self.assertEqual(len(GetViews()), 4)
        for view in GetViews():
            Render(view)
        for source in GetSources().values():
            if source.SMProxy.GetXMLName() in ("WeightGrid", "ImageGrid"):
                self.assertEqual(source.Layer, layer)
                self.assertGreater(source.GetDataInformation(0).GetNumberOfPoints(), 0)


if __name__ == "__main__":
    main()
