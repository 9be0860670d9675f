"""Records a training in Keras, for ParaView to follow: record_keras.py [RUN.tvr [EPOCHS]].

Needs keras, torch and the package of Trainer/Python (docs/recording.md). The lines of TensorView are
marked.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras  # noqa: E402
import numpy as np  # noqa: E402

import tensorview  # noqa: E402 <-- 1


def strokes(count):
    """Images [count, 28, 28, 1] of a bright bar in one of ten directions, and the directions."""
    random = np.random.default_rng(1)
    classes = random.integers(0, 10, count)
    angle = (classes * np.pi / 10).reshape(-1, 1, 1)
    rows, columns = np.mgrid[-1:1:28j, -1:1:28j]
    distance = rows * np.cos(angle) - columns * np.sin(angle) + 0.2 * random.standard_normal((count, 1, 1))
    images = np.exp(-(distance**2) * 40) + 0.1 * random.standard_normal((count, 28, 28))
    return images[..., None].astype(np.float32), classes


def main(path="run.tvr", epochs=2):
    keras.utils.set_random_seed(1)
    images, classes = strokes(3000)
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(16, 3, activation="relu", name="conv1"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(32, 3, activation="relu", name="conv2"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10, name="fc"),
    ])  # fmt: skip
    model.compile(
        optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    recorder = tensorview.KerasRecorder(path)  # <-- 2
    model.fit(
        images, classes, batch_size=100, epochs=int(epochs), validation_split=0.1, verbose=2,
        callbacks=[recorder],  # <-- 3
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
