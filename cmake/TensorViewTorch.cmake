#[==[
TensorView::Torch   libtorch out of the Python environment, with its headers as system headers

torch's own CMake files are not used: for a CUDA build of torch they insist on a whole CUDA toolkit
(cuDNN, cuRAND, NVRTC... with their unversioned links) and change the compiler flags of everything,
where the engine needs three libraries and two folders. libtorch.so itself holds no symbols; it is
what draws in the CUDA part, so the linker must keep it.
#]==]
include(TensorViewPython)

set(tensorview_torch_libraries "")
foreach (name IN ITEMS torch torch_cpu c10)
  find_library(tensorview_lib_${name} ${name}
    PATHS "${TENSORVIEW_TORCH_DIR}/lib" NO_DEFAULT_PATH NO_CACHE)
  if (NOT tensorview_lib_${name})
    message(FATAL_ERROR
      "lib${name}.so is missing in ${TENSORVIEW_TORCH_DIR}/lib: that installation of torch is not "
      "whole. Run scripts/setup, or reinstall torch there.")
  endif ()
  list(APPEND tensorview_torch_libraries "${tensorview_lib_${name}}")
endforeach ()
if (TENSORVIEW_CUDA_ENABLED)
  foreach (name IN ITEMS torch_cuda c10_cuda)
    find_library(tensorview_lib_${name} ${name}
      PATHS "${TENSORVIEW_TORCH_DIR}/lib" NO_DEFAULT_PATH NO_CACHE)
    if (NOT tensorview_lib_${name})
      message(FATAL_ERROR
        "lib${name}.so is missing in ${TENSORVIEW_TORCH_DIR}/lib: that installation of torch is not "
        "whole. Run scripts/setup, or reinstall torch there, or configure with -DTENSORVIEW_CUDA=OFF.")
    endif ()
    list(APPEND tensorview_torch_libraries "${tensorview_lib_${name}}")
  endforeach ()
  # By its path, so that it is found at run time: torch's own copy where that came as a wheel.
  find_library(tensorview_lib_cudart
    NAMES libcudart.so.${tensorview_torch_cuda} cudart
    HINTS "${TENSORVIEW_PYTHON_PACKAGES}/nvidia/cu${tensorview_torch_cuda}/lib"
      ${CMAKE_CUDA_HOST_IMPLICIT_LINK_DIRECTORIES} ${CMAKE_CUDA_IMPLICIT_LINK_DIRECTORIES}
    NO_CACHE)
  if (tensorview_lib_cudart)
    list(APPEND tensorview_torch_libraries "${tensorview_lib_cudart}")
  endif ()
endif ()

add_library(TensorView::Torch INTERFACE IMPORTED)
target_include_directories(TensorView::Torch SYSTEM INTERFACE
  "${TENSORVIEW_TORCH_DIR}/include"
  "${TENSORVIEW_TORCH_DIR}/include/torch/csrc/api/include")
target_link_options(TensorView::Torch INTERFACE "LINKER:--no-as-needed")
target_link_libraries(TensorView::Torch INTERFACE ${tensorview_torch_libraries})
if (TENSORVIEW_CUDA_ENABLED)
  target_include_directories(TensorView::Torch SYSTEM INTERFACE
    ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  target_compile_definitions(TensorView::Torch INTERFACE TENSORVIEW_HAS_CUDA=1)
endif ()
