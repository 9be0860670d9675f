"""Trainings in PyTorch: every recorded number against what torch has."""

import copy
import os
import tempfile
import unittest
import warnings

import numpy as np
from recorded import Run, SmallNetwork, batch, functional, nn, same, torch, train_step

import tensorview


class TorchRecorderTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(3)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "run.tvr")

    def sgd(self, network, **options):
        return torch.optim.SGD(network.parameters(), lr=0.05, **options)

    def train(self, network, optimizer, steps, call=None, kind=None, **options):
        with tensorview.Recorder(network, self.path, optimizer=optimizer, **options) as recorder:
            for step in range(1, steps + 1):
                loss = train_step(call or network, optimizer, step, **(kind or {}))
                self.assertTrue(recorder.step(loss=loss))
        return Run(self.path)

    def test_every_number_is_what_torch_has(self):
        network = SmallNetwork()
        optimizer = self.sgd(network, momentum=0.9)
        states, losses = {0: copy.deepcopy(network)}, []
        gradients, moments, sums = {}, {}, {}
        with tensorview.Recorder(
            network, self.path, optimizer=optimizer, snapshot_interval=4, filter_interval=2, momentum=True,
            tracked={"conv2": [250]}, steps_per_epoch=4,
        ) as recorder:
            for step in range(1, 11):
                before = copy.deepcopy(network)
                losses.append(train_step(network, optimizer, step))
                for group in optimizer.param_groups:
                    group["lr"] *= 0.9
                recorder.step(loss=losses[-1], accuracy=0.5, custom=step)
                states[step] = copy.deepcopy(network)
                gradients[step] = {x: y.grad.clone() for x, y in network.named_parameters()}
                moments[step] = {
                    x: optimizer.state[y]["momentum_buffer"].clone() for x, y in network.named_parameters()}
                sums[step] = self.activations(before, step)
            recorder.evaluation(loss=1.5, accuracy=0.25)
        run = Run(self.path)
        self.assertEqual(run.layers, ["conv1", "bn1", "conv2", "fc"])
        self.assertEqual(run.steps, list(range(1, 11)))
        self.assertEqual(run.snapshots, [0, 4, 8, 10])
        self.assertEqual(run.kinds["fc", "weight"], (3, 6, 4, 4))
        self.assertEqual(run.kinds["conv1", "activation"], (5, 1, 16, 16))
        np.testing.assert_allclose(run.metric("loss"), [float(x.detach()) for x in losses])
        np.testing.assert_allclose(run.metric("custom"), range(1, 11))
        np.testing.assert_allclose(run.metric("learning_rate"), [0.05 * 0.9**x for x in range(1, 11)], rtol=1e-6)
        for step in run.snapshots:
            for name, value in states[step].named_parameters():
                layer, kind = name.split(".")
                self.assertTrue(same(run.tensor(layer, kind, step), value), f"{name} at {step}")
            self.assertTrue(same(run.tensor("bn1", "running_variance", step), states[step].bn1.running_var))
        for step in (4, 8):
            for name, gradient in gradients[step].items():
                layer, kind = name.split(".")
                self.assertTrue(same(run.tensor(layer, kind + "_gradient", step), gradient), name)
                if kind == "weight" and layer != "bn1":
                    self.assertTrue(same(run.tensor(layer, "momentum", step), moments[step][name]), name)
            for layer, value in sums[step].items():
                self.assertTrue(same(run.tensor(layer, "activation", step), value, 1e-5), f"{layer} at {step}")
        self.assertIsNone(run.tensor("conv1", "activation", 0))
        self.assertIsNone(run.tensor("conv1", "weight_gradient", 10))
        for layer in ("conv1", "conv2", "fc"):
            weights = [getattr(states[x], layer).weight.detach() for x in range(11)]
            np.testing.assert_allclose(
                run.metric(layer + "/weight_norm"), [x.norm() for x in weights[1:]], rtol=1e-5)
            np.testing.assert_allclose(
                run.metric(layer + "/weight_gradient_norm"),
                [gradients[x][layer + ".weight"].norm() for x in range(1, 11)], rtol=1e-5)
            indices, values = run.tracked(layer)
            self.assertEqual(indices[:9], list(range(9)))
            expected = np.array([x.flatten()[indices].numpy() for x in weights[1:]])
            np.testing.assert_array_equal(values, expected)
            series = run.file[f"filter_series/{layer}%2Fweight_change_norm"]
            for row, step in enumerate(run.file["filter_rows/step"][:]):
                change = (weights[step] - weights[step - 1]).flatten(1)
                np.testing.assert_allclose(series[row], change.norm(dim=1), rtol=1e-4, atol=1e-7)
        self.assertEqual(list(run.file["filter_rows/step"][:]), [2, 4, 6, 8, 10])
        self.assertIn(250, run.tracked("conv2")[0])
        bands = run.file["filter_rows/change_bands"][:]
        self.assertEqual(list(bands[1].sum(1)), [45, 270, 288])
        before, after = states[3].fc.weight.detach(), states[4].fc.weight.detach()
        ratio = ((after - before).abs() / before.abs()).numpy()
        edges = [np.inf] + [10.0**-i for i in range(7)] + [-1]
        counts = [int(((ratio > low) & (ratio <= high)).sum()) for high, low in zip(edges, edges[1:])]
        self.assertLessEqual(np.abs(bands[1][2].astype(int) - counts).sum(), 2)  # float32 at the edges
        self.assertEqual(list(run.file["steps/epoch"][:4]), [0.25, 0.5, 0.75, 1.0])
        self.assertEqual(run.file["evaluations/validation_accuracy"][0], 0.25)
        self.assertEqual(run.events(), [])

    @staticmethod
    def activations(network, step):
        """Sums over the batch, by hand."""
        with torch.no_grad():
            images, _ = batch(step)
            first = functional.relu(network.train().bn1(network.conv1(images)))
            second = functional.relu(network.conv2(functional.max_pool2d(first, 2)))
            third = network.fc(functional.max_pool2d(second, 2).flatten(1))
            return {"conv1": first.sum(0), "conv2": second.sum(0), "fc": third.sum(0)}

    def test_a_residual_sum_is_not_part_of_an_activation(self):
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1, self.bn1 = nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2)
                self.conv2, self.relu, self.fc = nn.Conv2d(2, 2, 1), nn.ReLU(inplace=True), nn.Linear(2, 3)

            def forward(self, maps):
                kept = self.bn1(self.conv1(maps))
                self.kept = kept.detach().clone()
                other = self.conv2(maps)
                other += kept
                return self.fc(self.relu(other).mean((2, 3)))

        network = Block()
        run = self.train(network, self.sgd(network), 1, snapshot_interval=1, kind={"features": (2, 4, 4)})
        self.assertTrue(same(run.tensor("conv1", "activation", 1), network.kept.sum(0), 1e-5))
        plain = nn.functional.conv2d(
            batch(1, features=(2, 4, 4))[0], run_weight(run, "conv2", 0), run_bias(run, "conv2", 0))
        self.assertTrue(same(run.tensor("conv2", "activation", 1), plain.sum(0), 1e-5))

    def test_evaluations_in_between_do_not_count(self):
        network = SmallNetwork()
        optimizer = self.sgd(network)
        with tensorview.Recorder(network, self.path, optimizer=optimizer, snapshot_interval=2) as recorder:
            for step in (1, 2):
                before = copy.deepcopy(network)
                loss = train_step(network, optimizer, step)
                network.eval()
                network(batch(9)[0])
                network.train()
                recorder.step(loss=loss)
        expected = self.activations(before, 2)
        self.assertTrue(same(Run(self.path).tensor("conv1", "activation", 2), expected["conv1"], 1e-5))

    def test_micro_batches_add_up(self):
        network = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        images = batch(1, features=(4,))[0]
        with tensorview.Recorder(network, self.path, snapshot_interval=1) as recorder:
            outputs = [network(part) for part in images.split(3)]
            sum(x.sum() for x in outputs).backward()
            recorder.step()
        run = Run(self.path)
        self.assertTrue(same(run.tensor("0", "activation", 1), torch.cat(outputs).sum(0), 1e-5))
        self.assertNotIn("learning_rate", run.layout["metrics"])

    def test_wrapped_and_compiled_models(self):
        for wrap in (nn.DataParallel, lambda x: torch.compile(x, backend="eager")):
            network = SmallNetwork()
            wrapped = wrap(network)
            optimizer = self.sgd(network)
            with tensorview.Recorder(
                wrapped, self.path, optimizer=optimizer, overwrite=True, snapshot_interval=2) as recorder:
                for step in (1, 2, 3):
                    before = copy.deepcopy(network)
                    recorder.step(loss=train_step(wrapped, optimizer, step))
                    if step == 2:
                        expected = self.activations(before, step)
            run = Run(self.path)
            self.assertEqual(run.layers, ["conv1", "bn1", "conv2", "fc"])
            self.assertTrue(same(run.tensor("conv1", "weight", 3), network.conv1.weight))
            self.assertTrue(same(run.tensor("conv2", "activation", 2), expected["conv2"], 1e-4))

    def test_shared_frozen_and_half_precision(self):
        class Odd(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(4, 4, dtype=torch.bfloat16)
                self.again = nn.Linear(4, 4, dtype=torch.bfloat16)
                self.again.weight = self.first.weight
                self.frozen = nn.Linear(4, 3, dtype=torch.bfloat16).requires_grad_(False)

            def forward(self, values):
                return self.frozen(self.again(self.first(values.bfloat16()).relu()))

        network = Odd()
        optimizer = torch.optim.SGD([network.first.weight], lr=0.1)
        run = self.train(network, optimizer, 2, snapshot_interval=2, kind={"features": (4,)})
        self.assertEqual(run.layers, ["first", "again", "frozen"])
        self.assertNotIn(("again", "weight"), run.kinds)
        self.assertTrue(same(run.tensor("first", "weight", 2), network.first.weight))
        self.assertTrue(same(run.tensor("frozen", "weight", 2), network.frozen.weight))
        self.assertIsNone(run.tensor("frozen", "weight_gradient", 2))
        self.assertTrue(np.isnan(run.metric("frozen/weight_gradient_norm")).all())
        norm = network.first.weight.detach().float().norm()
        np.testing.assert_allclose(run.metric("first/weight_norm")[-1], norm, rtol=1e-5)

    def test_transposed_convolutions_have_filters_first(self):
        network = nn.Sequential(nn.ConvTranspose2d(4, 6, 3, groups=2), nn.Flatten(), nn.Linear(6 * 36, 3))
        run = self.train(
            network, self.sgd(network), 2, snapshot_interval=2, kind={"features": (4, 4, 4)},
            tracked={"0": [3 * 9 + 5]})
        self.assertEqual(run.kinds["0", "weight"], (6, 2, 3, 3))
        weight = network[0].weight.detach()  # [in, out / groups, rows, columns]
        for slot, channel in ((0, 1), (2, 0), (3, 0), (5, 1)):
            group, inside = divmod(slot, 3)
            expected = weight[group * 2 + channel, inside]
            self.assertTrue(same(run.tensor("0", "weight", 2)[slot, channel], expected))
        indices, values = run.tracked("0")
        self.assertEqual(values[-1][indices.index(32)], run.tensor("0", "weight", 2).flatten()[32])

    def test_other_dimensions(self):
        network = nn.Sequential(nn.Conv1d(2, 4, 3), nn.GELU(), nn.Flatten(), nn.Linear(4 * 6, 3))
        run = self.train(network, self.sgd(network), 1, snapshot_interval=1, kind={"features": (2, 8)})
        self.assertEqual(run.kinds["0", "weight"], (4, 2, 1, 3))
        self.assertEqual(run.kinds["0", "activation"], (4, 1, 1, 6))

    def test_a_training_that_gave_no_gradients_is_told_once(self):
        network = nn.Linear(4, 3)
        with self.assertLogs("tensorview", "WARNING") as told:
            with tensorview.Recorder(network, self.path) as recorder:
                network(torch.randn(2, 4))
                recorder.step(loss=1.0)
                recorder.step(loss=1.0, extra=2.0)
                recorder.step(loss=1.0, extra=2.0)
        self.assertEqual(len(told.output), 2)
        self.assertIn("zero_grad", told.output[0])
        self.assertIn("'extra' is not recorded", told.output[1])

    def test_a_model_that_was_never_called_has_no_activations(self):
        network = nn.Linear(4, 3)
        optimizer = self.sgd(network)
        with self.assertLogs("tensorview", "WARNING") as told:
            with tensorview.Recorder(network, self.path, optimizer=optimizer) as recorder:
                functional.linear(torch.randn(2, 4), network.weight).sum().backward()
                recorder.step(loss=1.0)
        self.assertIn("no activations are recorded", told.output[0])
        self.assertEqual(Run(self.path).kinds, {x: y for x, y in Run(self.path).kinds.items() if x[1] != "activation"})

    def test_mistakes_are_told(self):
        network = nn.Linear(4, 3)
        with self.assertRaisesRegex(TypeError, "a Recorder takes"):
            tensorview.Recorder("model", self.path)
        with self.assertRaisesRegex(ValueError, "no parameters"):
            tensorview.Recorder(nn.ReLU(), self.path)
        with self.assertRaisesRegex(ValueError, "snapshot_interval is 0"):
            tensorview.Recorder(network, self.path, snapshot_interval=0)
        with self.assertRaisesRegex(ValueError, "there is no layer 'x'"):
            tensorview.Recorder(network, self.path, tracked={"x": [1]})
        with self.assertRaisesRegex(ValueError, "whose weights are 0 to 11"):
            tensorview.Recorder(network, self.path, tracked={"model": [12]})
        with self.assertRaisesRegex(tensorview.RunFileError, "create its folder first"):
            tensorview.Recorder(network, self.path + "/missing/run.tvr")
        with tensorview.Recorder(network, self.path) as recorder:
            with self.assertRaises(TypeError):
                recorder.step(loss=[1, 2])
        self.assertEqual(Run(self.path).snapshots, [0, 1])

    def test_no_step_leaves_the_initial_state(self):
        network = nn.Linear(4, 3)
        tensorview.Recorder(network, self.path).close()
        run = Run(self.path)
        self.assertEqual(run.snapshots, [0])
        self.assertTrue(same(run.tensor("model", "weight", 0), network.weight))

    def test_layers_that_change_end_the_recording_and_not_the_training(self):
        network = nn.Sequential(nn.Linear(4, 3))
        optimizer = self.sgd(network)
        recorder = tensorview.Recorder(network, self.path, optimizer=optimizer, snapshot_interval=2)
        recorder.step(loss=train_step(network, optimizer, 1, features=(4,)))
        network[0].weight = nn.Parameter(torch.randn(2, 4))
        with self.assertLogs("tensorview", "WARNING") as told:
            for _ in range(3):
                self.assertTrue(recorder.step(loss=1.0))
            recorder.close()
        self.assertIn("stopped", told.output[0])
        self.assertEqual(Run(self.path).snapshots[0], 0)


def run_weight(run, layer, step):
    return torch.from_numpy(run.tensor(layer, "weight", step))


def run_bias(run, layer, step):
    return torch.from_numpy(run.tensor(layer, "bias", step)).flatten()


if __name__ == "__main__":
    warnings.simplefilter("error")
    unittest.main()
