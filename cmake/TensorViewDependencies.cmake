#[==[
Libraries that the plain cores use, each as one target. A missing one stops the configuration with
the remedy.

tensorview_require(<package> <Debian package> [arguments of find_package...])
    find_package that says what to do when nothing is found.
#]==]
macro (tensorview_require package debian_package)
  find_package(${package} ${ARGN} QUIET)
  if (NOT ${package}_FOUND)
    message(FATAL_ERROR
      "${package} was not found. Run scripts/setup, or install it yourself "
      "(Debian package ${debian_package}).")
  endif ()
endmacro ()

find_package(Threads REQUIRED)
tensorview_require(nlohmann_json nlohmann-json3-dev 3.10)
tensorview_require(Eigen3 libeigen3-dev 3.4 NO_MODULE)
tensorview_require(ZLIB zlib1g-dev)
tensorview_require(CLI11 libcli11-dev)
if (TENSORVIEW_BUILD_TRAINER)
  tensorview_require(PNG libpng-dev)
  tensorview_require(JPEG libjpeg-dev)
endif ()
if (TENSORVIEW_BUILD_TESTS)
  tensorview_require(GTest libgtest-dev)
endif ()
if (TENSORVIEW_BUILD_BENCHMARKS)
  tensorview_require(benchmark libbenchmark-dev)
endif ()

# Serial HDF5, never the MPI build that Debian's ParaView brings along: the latter has no
# thread-safety, and FindHDF5 would take whichever h5cc comes first.
find_path(TENSORVIEW_HDF5_INCLUDE_DIR hdf5.h PATH_SUFFIXES hdf5/serial
  DOC "Folder of the serial build's hdf5.h")
find_library(TENSORVIEW_HDF5_LIBRARY NAMES hdf5_serial hdf5
  DOC "The serial build of libhdf5")
mark_as_advanced(TENSORVIEW_HDF5_INCLUDE_DIR TENSORVIEW_HDF5_LIBRARY)
if (NOT TENSORVIEW_HDF5_INCLUDE_DIR OR NOT TENSORVIEW_HDF5_LIBRARY)
  message(FATAL_ERROR
    "Serial HDF5 was not found. Run scripts/setup, or install it yourself "
    "(Debian package libhdf5-dev).")
endif ()
add_library(TensorView::HDF5 UNKNOWN IMPORTED)
set_target_properties(TensorView::HDF5 PROPERTIES
  IMPORTED_LOCATION "${TENSORVIEW_HDF5_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${TENSORVIEW_HDF5_INCLUDE_DIR}")

# It has no CMake files of its own.
find_path(TENSORVIEW_MINIZIP_INCLUDE_DIR minizip/unzip.h DOC "Folder above minizip's headers")
find_library(TENSORVIEW_MINIZIP_LIBRARY NAMES minizip DOC "libminizip")
mark_as_advanced(TENSORVIEW_MINIZIP_INCLUDE_DIR TENSORVIEW_MINIZIP_LIBRARY)
if (NOT TENSORVIEW_MINIZIP_INCLUDE_DIR OR NOT TENSORVIEW_MINIZIP_LIBRARY)
  message(FATAL_ERROR
    "minizip was not found. Run scripts/setup, or install it yourself "
    "(Debian package libminizip-dev).")
endif ()
add_library(TensorView::Minizip UNKNOWN IMPORTED)
set_target_properties(TensorView::Minizip PROPERTIES
  IMPORTED_LOCATION "${TENSORVIEW_MINIZIP_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${TENSORVIEW_MINIZIP_INCLUDE_DIR}"
  INTERFACE_LINK_LIBRARIES ZLIB::ZLIB)
