"""Records a training in PyTorch or Keras as a run file that TensorView shows in ParaView.

See docs/recording.md of TensorView.
"""

from .background_writer import Limits, Progress
from .new_run_file import RunFileError
from .recorder import Recorder

__all__ = ["Limits", "Progress", "Recorder", "RunFileError"]
__version__ = "0.1.0"
