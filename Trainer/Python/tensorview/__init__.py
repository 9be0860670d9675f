"""Records a training in PyTorch or Keras as a run file that TensorView shows in ParaView.

See docs/recording.md of TensorView.
"""

from typing import Any

from .background_writer import Limits, Progress
from .new_run_file import RunFileError
from .recorder import Recorder

__all__ = ["KerasRecorder", "Limits", "Progress", "Recorder", "RunFileError"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "KerasRecorder":  # only here Keras is needed
        from .keras_callback import KerasRecorder

        return KerasRecorder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
