# The ParaView side: VTK modules, server-manager XML, dock panel.
find_package(ParaView REQUIRED)
paraview_plugin_scan(
  PLUGIN_FILES "${CMAKE_CURRENT_SOURCE_DIR}/Plugin/paraview.plugin"
  PROVIDES_PLUGINS tensorview_plugins
  REQUIRES_MODULES tensorview_required_modules
  ENABLE_BY_DEFAULT ON)
paraview_plugin_build(
  PLUGINS ${tensorview_plugins}
  PLUGINS_FILE_NAME "tensorview.plugins.xml")
