# Where things lie, the same below the build folder and below an install prefix:
#
#   lib/TensorView/            the plugin, its modules and, beside them, the engine, which the
#                              Trainer module opens from its own folder
#   lib/TensorView/python/     the Python modules of the plugin
#   bin/tensorview-train
#
# Without the plugin the engine lies in the same place. TENSORVIEW_ENGINE_LIBRARY in the
# environment names another engine.
set(TENSORVIEW_PLUGIN_SUBDIRECTORY "TensorView")
set(TENSORVIEW_ENGINE_OUTPUT_DIRECTORY
  "${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/${TENSORVIEW_PLUGIN_SUBDIRECTORY}")
set(TENSORVIEW_ENGINE_INSTALL_DIRECTORY
  "${CMAKE_INSTALL_LIBDIR}/${TENSORVIEW_PLUGIN_SUBDIRECTORY}")
# Installed libraries and programs find each other, and torch where it lay when they were linked.
set(CMAKE_INSTALL_RPATH "$ORIGIN" "$ORIGIN/../${TENSORVIEW_ENGINE_INSTALL_DIRECTORY}")
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
