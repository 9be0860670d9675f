#!/usr/bin/env python3
"""Times to the first tensor and to all tensors of a 500 MB model file, against the libraries' own.

  PYTHON Testing/Benchmarks/model_files.py build/bin/tensorview-model-file-benchmark DIRECTORY

PYTHON is the project's (scripts/setup --print-python). Writes 50 tensors of 10 MB into DIRECTORY (1.3 GB with
all formats) and reads them in turns, each time in a fresh process, files in the page cache. Medians of 7.
What a library only maps is read by it as well: a byte of each page.
"""
import pathlib
import statistics
import subprocess
import sys

WRITE = """
import sys, torch, safetensors.torch
tensors = {f"layer{i:02}.weight": torch.randn(2_500_000) for i in range(50)}
safetensors.torch.save_file(tensors, sys.argv[1] + "/float32.safetensors")
torch.save(tensors, sys.argv[1] + "/float32.pt")
halves = {name: tensor.bfloat16() for name, tensor in tensors.items()}
safetensors.torch.save_file(halves, sys.argv[1] + "/bfloat16.safetensors")
"""

READ = """
import sys, time
import safetensors.numpy, safetensors.torch, torch
begin = time.perf_counter()
tensors = {reader}
for tensor in tensors.values():
    tensor.reshape(-1)[::1024].sum()
print(1000 * (time.perf_counter() - begin))
"""

LIBRARIES = (
    ("torch.load", "float32.pt", "torch.load(sys.argv[1])"),
    ("safetensors.torch.load_file", "float32.safetensors", "safetensors.torch.load_file(sys.argv[1])"),
    ("safetensors.numpy.load_file", "float32.safetensors", "safetensors.numpy.load_file(sys.argv[1])"),
    ("safetensors.torch.load_file to float32", "bfloat16.safetensors",
     "{n: t.float() for n, t in safetensors.torch.load_file(sys.argv[1]).items()}"),
)


def milliseconds(*command):
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "bfloat16.safetensors").exists():
        subprocess.run([sys.executable, "-c", WRITE, str(folder)], check=True)
    for name, file, reader in LIBRARIES:
        spent = {"first": [], "whole": [], "library": []}
        for _ in range(7):
            for what in ("first", "whole"):
                spent[what].append(milliseconds(program, str(folder / file), what))
            spent["library"].append(
                milliseconds(sys.executable, "-c", READ.replace("{reader}", reader), str(folder / file))
            )
        first, whole, library = (statistics.median(spent[key]) for key in ("first", "whole", "library"))
        print(f"{file:22}  TensorView: first {first:7.1f} ms, all {whole:7.1f} ms;  {name}: {library:7.1f} ms"
              f"  (first {first / library:.3f}x, all {whole / library:.2f}x)", flush=True)


if __name__ == "__main__":
    main()
