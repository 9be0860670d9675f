#[==[
TENSORVIEW_PYTHON (cache)         the Python whose environment holds torch; by default the one that
                                  scripts/setup made
TENSORVIEW_PYTHON_PACKAGES (out)  its folder of packages that holds torch
#]==]
if (NOT TENSORVIEW_PYTHON)
  execute_process(
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/scripts/setup" --print-python
    OUTPUT_VARIABLE tensorview_python OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(TENSORVIEW_PYTHON "${tensorview_python}" CACHE FILEPATH
    "The Python whose environment holds torch" FORCE)
endif ()
execute_process(
  COMMAND "${TENSORVIEW_PYTHON}" -c
    "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
  OUTPUT_VARIABLE TENSORVIEW_TORCH_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE tensorview_result ERROR_QUIET)
if (NOT tensorview_result EQUAL 0)
  message(FATAL_ERROR
    "The engine needs torch, and the Python '${TENSORVIEW_PYTHON}' has none. Run scripts/setup, or "
    "name a Python that has torch 2.11 by -DTENSORVIEW_PYTHON=..., or configure with "
    "-DTENSORVIEW_BUILD_TRAINER=OFF (readers and filters only).")
endif ()
get_filename_component(TENSORVIEW_PYTHON_PACKAGES "${TENSORVIEW_TORCH_DIR}" DIRECTORY)
