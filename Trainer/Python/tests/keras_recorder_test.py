"""Trainings in Keras, on PyTorch. Skipped, with a reason, where Keras is not installed."""

import importlib.util
import os
import sys
import tempfile
import unittest

os.environ["KERAS_BACKEND"] = "torch"
if importlib.util.find_spec("keras") is None:
    print("skipped: keras is not installed (scripts/requirements.txt names the version)")
    sys.exit(77)

import keras  # noqa: E402
import numpy as np  # noqa: E402
from recorded import Run, torch  # noqa: E402

import tensorview  # noqa: E402

LAYERS = keras.layers


def small_model():
    keras.utils.set_random_seed(4)
    return keras.Sequential([
        keras.Input((12, 12, 2)),
        LAYERS.Conv2D(5, 3, use_bias=False, name="conv1"),
        LAYERS.BatchNormalization(name="bn"),
        LAYERS.ReLU(),
        LAYERS.MaxPooling2D(),
        LAYERS.DepthwiseConv2D(2, depth_multiplier=2, activation="relu", name="depth"),
        LAYERS.Conv2DTranspose(3, 2, name="up"),
        LAYERS.Flatten(),
        LAYERS.Dense(4, name="fc"),
    ])  # fmt: skip


class KerasRecorderTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "run.tvr")
        random = np.random.default_rng(2)
        self.images = random.random((24, 12, 12, 2), np.float32)
        self.labels = random.integers(0, 4, 24)

    def compiled(self, **options):
        model = small_model()
        model.compile(
            optimizer=keras.optimizers.SGD(0.05, **options), metrics=["accuracy"],
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def test_fit_is_recorded(self):
        model = self.compiled(momentum=0.9)
        begin = [x.copy() for x in model.get_layer("conv1").get_weights()]
        callback = tensorview.KerasRecorder(self.path, snapshot_interval=3, momentum=True)
        history = model.fit(
            self.images, self.labels, batch_size=8, epochs=2, verbose=0, shuffle=False, callbacks=[callback],
            validation_data=(self.images[:8], self.labels[:8])).history
        run = Run(self.path)
        self.assertEqual(run.layers, ["conv1", "bn", "depth", "up", "fc"])
        self.assertEqual(run.snapshots, [0, 3, 6])
        self.assertEqual(run.kinds["conv1", "weight"], (5, 2, 3, 3))
        self.assertEqual(run.kinds["depth", "weight"], (10, 1, 2, 2))
        self.assertEqual(run.kinds["up", "weight"], (3, 10, 2, 2))
        self.assertEqual(run.kinds["fc", "weight"], (4, 3, 5, 5))
        np.testing.assert_array_equal(run.tensor("conv1", "weight", 0), begin[0].transpose(3, 2, 0, 1))
        kernels = {x: model.get_layer(x).get_weights()[0] for x in ("conv1", "depth", "up", "fc")}
        np.testing.assert_array_equal(
            run.tensor("conv1", "weight", 6), kernels["conv1"].transpose(3, 2, 0, 1))
        np.testing.assert_array_equal(
            run.tensor("depth", "weight", 6)[:, 0], kernels["depth"].reshape(2, 2, 10).transpose(2, 0, 1))
        np.testing.assert_array_equal(run.tensor("up", "weight", 6), kernels["up"].transpose(2, 3, 0, 1))
        np.testing.assert_array_equal(
            run.tensor("fc", "weight", 6), kernels["fc"].T.reshape(4, 5, 5, 3).transpose(0, 3, 1, 2))
        gradient = model.get_layer("fc").kernel.value.grad.cpu().numpy()
        np.testing.assert_array_equal(
            run.tensor("fc", "weight_gradient", 6), gradient.T.reshape(4, 5, 5, 3).transpose(0, 3, 1, 2))
        moment = model.optimizer.momentums[0].value.detach().cpu().numpy()
        np.testing.assert_array_equal(run.tensor("conv1", "momentum", 6), moment.transpose(3, 2, 0, 1))
        np.testing.assert_allclose(run.metric("loss")[[2, 5]], history["loss"], rtol=1e-4)
        np.testing.assert_allclose(
            run.file["evaluations/validation_accuracy"][:], history["val_accuracy"], rtol=1e-5)
        self.assertEqual(list(run.file["steps/epoch"][2:3]), [1.0])
        indices, values = run.tracked("conv1")
        np.testing.assert_array_equal(values[-1], run.tensor("conv1", "weight", 6).flatten()[indices])
        np.testing.assert_allclose(
            run.metric("fc/weight_norm")[-1], np.linalg.norm(kernels["fc"]), rtol=1e-5)

    def test_activations_of_a_batch(self):
        model = self.compiled()
        inner = [model.get_layer(x) for x in ("conv1", "bn")]
        with tensorview.Recorder(model, self.path, snapshot_interval=1) as recorder:
            images = torch.as_tensor(self.images[:8])
            scores = model(images, training=True)
            scores.sum().backward()
            recorder.step()
        with torch.no_grad():
            maps = torch.as_tensor(inner[0](images))
            mean, variance = maps.mean((0, 1, 2)), maps.var((0, 1, 2), unbiased=False)
            maps = torch.relu((maps - mean) / torch.sqrt(variance + inner[1].epsilon))
        run = Run(self.path)
        expected = maps.sum(0).permute(2, 0, 1).numpy()
        np.testing.assert_allclose(run.tensor("conv1", "activation", 1)[:, 0], expected, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(
            run.tensor("fc", "activation", 1).flatten(), scores.detach().sum(0).numpy(), rtol=1e-4, atol=1e-4)

    def test_a_model_without_weights_is_refused(self):
        with self.assertRaisesRegex(ValueError, "build it first"):
            tensorview.Recorder(keras.Sequential([LAYERS.Dense(3)]), self.path)


if __name__ == "__main__":
    unittest.main()
