#!/usr/bin/env python3
"""Times to the first tensor and to all tensors of a 500 MB tensor file, against the libraries' own.

  PYTHON Testing/Benchmarks/model_files.py build/bin/tensorview-model-file-benchmark DIRECTORY

PYTHON is the project's (scripts/setup --print-python). Writes 50 tensors of 10 MB into DIRECTORY (3.8 GB with
all formats) and reads them in turns, each time in a fresh process, files in the page cache. Medians of 7.
Both sides look at every value once, at its place in memory (the largest is searched): a library that only maps a
file has read nothing before. --tensors N: another number of tensors, for a quick look.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys

WRITE = """
import sys, numpy, torch, safetensors.torch
tensors = {f"layer{i:02}.weight": torch.randn(2_500_000) for i in range(int(sys.argv[2]))}
safetensors.torch.save_file(tensors, sys.argv[1] + "/float32.safetensors")
torch.save(tensors, sys.argv[1] + "/float32.pt")
halves = {name: tensor.bfloat16() for name, tensor in tensors.items()}
safetensors.torch.save_file(halves, sys.argv[1] + "/bfloat16.safetensors")
arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
numpy.savez(sys.argv[1] + "/float32.npz", **arrays)
numpy.savez_compressed(sys.argv[1] + "/compressed.npz", **dict(list(arrays.items())[:5]))
numpy.savez(sys.argv[1] + "/float16.npz", **{n: a.astype("f2") for n, a in arrays.items()})
whole = numpy.concatenate(list(arrays.values())).reshape(len(arrays), -1)
numpy.save(sys.argv[1] + "/float32.npy", whole)
numpy.save(sys.argv[1] + "/fortran.npy", numpy.asfortranarray(whole.reshape(500 * len(arrays), -1)))
numpy.save(sys.argv[1] + "/complete.npy", 0)
"""

READ = """
import sys, time
import numpy, safetensors.numpy, safetensors.torch, torch
begin = time.perf_counter()
tensors = {reader}
for tensor in tensors.values():
    tensor.max()
print(1000 * (time.perf_counter() - begin))
"""

LIBRARIES = (
    ("torch.load", "float32.pt", "torch.load(sys.argv[1])"),
    ("safetensors.torch.load_file", "float32.safetensors", "safetensors.torch.load_file(sys.argv[1])"),
    ("safetensors.numpy.load_file", "float32.safetensors", "safetensors.numpy.load_file(sys.argv[1])"),
    ("safetensors.torch.load_file to float32", "bfloat16.safetensors",
     "{n: t.float() for n, t in safetensors.torch.load_file(sys.argv[1]).items()}"),
    ("numpy.load", "float32.npz", "dict(numpy.load(sys.argv[1]))"),
    ("numpy.load to float32", "float16.npz",
     "{n: a.astype('f4') for n, a in numpy.load(sys.argv[1]).items()}"),
    ("numpy.load", "compressed.npz", "dict(numpy.load(sys.argv[1]))"),
    ("numpy.load", "float32.npy", "{'': numpy.load(sys.argv[1])}"),
    ("numpy.load to C order", "fortran.npy", "{'': numpy.ascontiguousarray(numpy.load(sys.argv[1]))}"),
)


def milliseconds(*command):
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tensors", type=int, default=50)
    options = parser.parse_args()
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "complete.npy").exists():
        subprocess.run([sys.executable, "-c", WRITE, str(folder), str(options.tensors)], check=True)
    torch_load = 0
    for name, file, reader in LIBRARIES:
        spent = {"first": [], "whole": [], "library": []}
        script = READ.replace("{reader}", reader)
        for _ in range(7):
            for what in ("first", "whole"):
                spent[what].append(milliseconds(options.program, str(folder / file), what))
            spent["library"].append(milliseconds(sys.executable, "-c", script, str(folder / file)))
        first, whole, library = (statistics.median(spent[key]) for key in ("first", "whole", "library"))
        torch_load = torch_load or library
        print(f"{file:22}  TensorView: first {first:7.1f} ms ({first / torch_load:.3f} of torch.load), all"
              f" {whole:7.1f} ms;  {name}: {library:7.1f} ms  (all {whole / library:.2f}x)", flush=True)


if __name__ == "__main__":
    main()
