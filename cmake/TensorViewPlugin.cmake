# The ParaView side: VTK modules, server-manager XML, dock panel.
find_package(ParaView 5.11 QUIET)
if (NOT ParaView_FOUND)
  message(FATAL_ERROR
    "ParaView's development files were not found or are not usable"
    " (${ParaView_NOT_FOUND_MESSAGE}). Run scripts/setup, or install ParaView 5.11 or later yourself"
    " (Debian package paraview-dev and the -dev packages that scripts/setup lists), or configure"
    " with -DTENSORVIEW_BUILD_PLUGIN=OFF (cores, engine and tensorview-train only).")
endif ()
# TensorView: everything that works on data; loaded by every ParaView program.
paraview_plugin_scan(
  PLUGIN_FILES "${CMAKE_CURRENT_SOURCE_DIR}/Plugin/paraview.plugin"
  PROVIDES_PLUGINS tensorview_plugins
  REQUIRES_MODULES tensorview_required_modules
  ENABLE_BY_DEFAULT ON)
paraview_plugin_build(
  PLUGINS ${tensorview_plugins}
  AUTOLOAD ${tensorview_plugins}
  PLUGINS_FILE_NAME "tensorview.plugins.xml")

# TensorViewPanel: the dock; for ParaView's window only, as it brings Qt along.
paraview_plugin_scan(
  PLUGIN_FILES "${CMAKE_CURRENT_SOURCE_DIR}/Plugin/Panel/paraview.plugin"
  PROVIDES_PLUGINS tensorview_panel_plugins
  REQUIRES_MODULES tensorview_panel_required_modules
  ENABLE_BY_DEFAULT ON)
paraview_plugin_build(
  PLUGINS ${tensorview_panel_plugins}
  AUTOLOAD ${tensorview_panel_plugins}
  PLUGINS_FILE_NAME "tensorview-panel.plugins.xml")
