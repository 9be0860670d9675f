#[==[
Turns on the CUDA language when a toolkit is found.

TENSORVIEW_CUDA      AUTO: use a toolkit if there is one; ON: stop without one; OFF: no CUDA code
TENSORVIEW_PYTHON    the Python whose environment holds torch, and perhaps a toolkit from wheels
TENSORVIEW_CUDA_ENABLED (out)  ON when .cu files are to be compiled

A toolkit is looked for in this order: CMAKE_CUDA_COMPILER, nvcc on PATH or in /usr/local/cuda, the
wheels nvidia-cuda-nvcc etc. in the Python environment (completed by scripts/setup).
#]==]
set(TENSORVIEW_CUDA AUTO CACHE STRING "CUDA code in the engine: AUTO, ON or OFF")
set_property(CACHE TENSORVIEW_CUDA PROPERTY STRINGS AUTO ON OFF)
include(TensorViewPython)

set(TENSORVIEW_CUDA_ENABLED OFF)
if (TENSORVIEW_CUDA)
  if (NOT CMAKE_CUDA_COMPILER)
    find_program(TENSORVIEW_NVCC nvcc
      PATHS /usr/local/cuda/bin "${TENSORVIEW_PYTHON_PACKAGES}/nvidia/cu13/bin"
      DOC "The CUDA compiler")
    mark_as_advanced(TENSORVIEW_NVCC)
  endif ()
  if (CMAKE_CUDA_COMPILER OR TENSORVIEW_NVCC)
    if (NOT CMAKE_CUDA_COMPILER)
      set(CMAKE_CUDA_COMPILER "${TENSORVIEW_NVCC}")
    endif ()
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
  elseif (TENSORVIEW_CUDA STREQUAL "ON")
    message(FATAL_ERROR
      "TENSORVIEW_CUDA is ON but no nvcc was found. Run scripts/setup (it assembles a toolkit from "
      "PyPI's wheels), name one by -DCMAKE_CUDA_COMPILER=..., or configure with "
      "-DTENSORVIEW_CUDA=OFF.")
  endif ()
endif ()
