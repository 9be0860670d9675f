# Sourced by the scripts that start ParaView's programs: the plugin found and loaded, and training
# beside rendering kept fast. What the caller has set in the environment stays.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# start_with_plugin PROGRAM ARGUMENT...: becomes that ParaView program.
start_with_plugin()
{
  local program=$1 build=${TENSORVIEW_BUILD_DIR:-$repository/build} cores
  shift
  command -v "$program" >/dev/null ||
    fail "ParaView's $program is not installed: run scripts/setup"
  [ -f "$build/lib/TensorView/TensorView.so" ] ||
    fail "the plugin is not built in $build: run scripts/build (TENSORVIEW_BUILD_DIR names another folder)"

  export PV_PLUGIN_CONFIG_FILE=$build/lib/tensorview.plugins.xml
  if [ "$program" = paraview ]; then
    # The dock, which would bring Qt into every other program.
    PV_PLUGIN_CONFIG_FILE+=:$build/lib/tensorview-panel.plugins.xml
  fi
  export PYTHONPATH=$repository/Plugin/python${PYTHONPATH:+:$PYTHONPATH}
  # OpenMP threads that wait actively for each other take the cores from the renderer, and training
  # steps become many times slower.
  export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
  # Software rendering leaves half of the cores to the training.
  cores=$(nproc)
  export LP_NUM_THREADS=${LP_NUM_THREADS:-$(((cores + 1) / 2))}
  if [ "$(id -u)" = 0 ]; then
    # Open MPI otherwise refuses root, which is who works in a container.
    export OMPI_ALLOW_RUN_AS_ROOT=${OMPI_ALLOW_RUN_AS_ROOT:-1}
    export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=${OMPI_ALLOW_RUN_AS_ROOT_CONFIRM:-1}
  fi
  exec "$program" "$@"
}
