#[==[
Turns on the CUDA language when a toolkit is found that fits torch.

TENSORVIEW_CUDA                AUTO: use a toolkit if there is one; ON: stop without; OFF: no CUDA
TENSORVIEW_CUDA_ENABLED (out)  ON when .cu files are to be compiled

A toolkit is taken whose major version is that of torch's CUDA, in this order: CMAKE_CUDA_COMPILER,
nvcc on PATH, in /usr/local/cuda, and the wheels nvidia-cuda-nvcc etc. in torch's environment if they
are complete (scripts/setup installs and completes them).
#]==]
set(TENSORVIEW_CUDA AUTO CACHE STRING "CUDA code in the engine: AUTO, ON or OFF")
set_property(CACHE TENSORVIEW_CUDA PROPERTY STRINGS AUTO ON OFF)
include(TensorViewPython)

# Major version of the CUDA that torch was built with; empty for a build without.
file(STRINGS "${TENSORVIEW_TORCH_DIR}/version.py" tensorview_torch_cuda REGEX "^cuda.*= '")
string(REGEX REPLACE ".*= '([0-9]+).*" "\\1" tensorview_torch_cuda "${tensorview_torch_cuda}")

function (tensorview_find_nvcc result)
  find_program(on_path nvcc NO_CACHE)
  set(wheels "${TENSORVIEW_PYTHON_PACKAGES}/nvidia/cu${tensorview_torch_cuda}")
  set(candidates "${on_path}" /usr/local/cuda/bin/nvcc)
  # The wheels alone lack the names that a linker looks for.
  if (EXISTS "${wheels}/lib64/libcudart.so")
    list(APPEND candidates "${wheels}/bin/nvcc")
  endif ()
  foreach (candidate IN LISTS candidates)
    if (EXISTS "${candidate}")
      execute_process(COMMAND "${candidate}" --version OUTPUT_VARIABLE version ERROR_QUIET)
      if (version MATCHES "release ${tensorview_torch_cuda}\\.")
        set(${result} "${candidate}" PARENT_SCOPE)
        return ()
      endif ()
    endif ()
  endforeach ()
  set(${result} "" PARENT_SCOPE)
endfunction ()

set(TENSORVIEW_CUDA_ENABLED OFF)
if (TENSORVIEW_CUDA AND tensorview_torch_cuda)
  if (NOT CMAKE_CUDA_COMPILER)
    tensorview_find_nvcc(tensorview_nvcc)
    if (tensorview_nvcc)
      set(CMAKE_CUDA_COMPILER "${tensorview_nvcc}")
    endif ()
  endif ()
  if (CMAKE_CUDA_COMPILER)
    # Ampere and Hopper, and code that newer chips translate for themselves.
    if (NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
      set(CMAKE_CUDA_ARCHITECTURES "80-real;90" CACHE STRING "CUDA architectures")
    endif ()
    # The engine and torch share one CUDA runtime, so it must be the shared one.
    set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)
    set(CMAKE_CUDA_STANDARD 17)
    set(CMAKE_CUDA_STANDARD_REQUIRED ON)
    enable_language(CUDA)
    set(TENSORVIEW_CUDA_ENABLED ON)
  endif ()
endif ()
if (TENSORVIEW_CUDA STREQUAL "ON" AND NOT TENSORVIEW_CUDA_ENABLED)
  message(FATAL_ERROR
    "TENSORVIEW_CUDA is ON, but there is no CUDA toolkit that fits the torch in "
    "${TENSORVIEW_TORCH_DIR} (its CUDA: '${tensorview_torch_cuda}'). Run scripts/setup (it assembles "
    "one from PyPI's wheels), name an nvcc by -DCMAKE_CUDA_COMPILER=..., or configure with "
    "-DTENSORVIEW_CUDA=OFF.")
endif ()
