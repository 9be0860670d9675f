#!/usr/bin/env python3
"""The first layer of a file of VGG-16's size (553 MB) on screen in pvpython, against torch.load (or numpy) of the whole file.

  PYTHON Testing/Benchmarks/first_tensor_on_screen.py FOLDER

PYTHON is the project's (scripts/setup --print-python). Writes a network of the shapes of VGG-16 into FOLDER (1.7 GB in all formats).
TensorView opens the file, makes a weight grid of the first layer ("made") and renders it ("on screen"), in a view that is there already
and has shown a small file; beside it stands what ParaView takes for a sphere of its own there. The library reads the file whole in a
fresh process, a byte of each page of what it only maps. In turns, files in the page cache; medians of 5.
"""
import json
import pathlib
import statistics
import subprocess
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
ROUNDS = 5

WRITE = """
import sys, numpy, torch, safetensors.torch
folder = sys.argv[1]
widths = [3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]
tensors = {f"conv{i:02}.weight": torch.randn(b, a, 3, 3) for i, (a, b) in enumerate(zip(widths, widths[1:]), 1)}
tensors.update({f"fc{i}.weight": torch.randn(*shape) for i, shape in enumerate(((4096, 25088), (4096, 4096), (1000, 4096)), 1)})
torch.save({"conv.weight": torch.zeros(4, 1, 3, 3)}, folder + "/small.pt")
safetensors.torch.save_file(tensors, folder + "/network.safetensors")
torch.save(tensors, folder + "/network.pt")
numpy.savez(folder + "/network.npz", **{name: tensor.numpy() for name, tensor in tensors.items()})
"""

READ = """
import sys, time
import numpy, torch
path = sys.argv[1]
begin = time.perf_counter()
tensors = numpy.load(path) if path.endswith("npz") else torch.load(path)
for name in tensors:
    tensors[name].reshape(-1)[::1024].sum()
print(1000 * (time.perf_counter() - begin))
"""

SHOW = """
import json, sys, time
from paraview.simple import *
view = CreateView("RenderView")
view.ViewSize = [800, 600]
spent = {}
for path in [*sys.argv[1:], "sphere"]:
    begin = time.perf_counter()
    grid = Sphere() if path == "sphere" else WeightGrid(Input=OpenDataFile(path))
    grid.UpdatePipeline()
    made = time.perf_counter()
    Show(OutputPort(grid, 0), view)
    Render(view)
    spent[path] = [1000 * (made - begin), 1000 * (time.perf_counter() - begin)]
    Hide(OutputPort(grid, 0), view)
print("spent " + json.dumps(spent))
Disconnect()
"""


def show(folder, paths):
    """Milliseconds of each file, all in one pvpython."""
    script = folder / "show.py"
    script.write_text(SHOW, encoding="utf-8")
    done = subprocess.run([str(SCRIPTS / "with-display"), str(SCRIPTS / "pvpython"), str(script), str(folder / "small.pt"),
                           *map(str, paths)],
                          check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("spent "))
    return json.loads(line.split(" ", 1)[1])


def read(path):
    return float(subprocess.run([sys.executable, "-c", READ, str(path)], check=True, capture_output=True, text=True).stdout)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"network.{extension}" for extension in ("safetensors", "pt", "npz")]
    if not paths[-1].exists():
        subprocess.run([sys.executable, "-c", WRITE, str(folder)], check=True)
    shown = {path: [] for path in [*paths, "sphere"]}
    whole = {path: [] for path in paths}
    for _ in range(ROUNDS):
        spent = show(folder, paths)
        for path in shown:
            shown[path].append(spent[str(path)])
        for path in paths:
            whole[path].append(read(paths[1] if path.suffix == ".safetensors" else path))
    for path in paths:
        made, first = (statistics.median(times) for times in zip(*shown[path]))
        all_of_it = statistics.median(whole[path])
        library = "numpy" if path.suffix == ".npz" else "torch.load (of the .pt)"
        print(f"{path.name:20} made {made:6.1f} ms, on screen {first:6.1f} ms; {library}: {all_of_it:7.1f} ms "
              f"({made / all_of_it:.3f}x, {first / all_of_it:.3f}x)", flush=True)
    print(f"a sphere of ParaView's own, on screen {statistics.median(first for _, first in shown['sphere']):.1f} ms")


if __name__ == "__main__":
    main()
