#!/usr/bin/env bash
# install_test.sh BUILD PVPYTHON LIBDIR: a plugin installed below a prefix of its own is found and
# loaded by ParaView from there, without the build folder's help.
set -euo pipefail
build=$1
pvpython=$2
library_folder=$3

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >"$prefix/install.log"

unset TENSORVIEW_BUILD_DIR PYTHONPATH PV_PLUGIN_PATH
export PV_PLUGIN_CONFIG_FILE=$prefix/$library_folder/tensorview.plugins.xml
timeout -k 5 60 "$pvpython" "$(dirname "$0")/installed_plugin.py" "$prefix/$library_folder"

if [ -x "$build/bin/tensorview-train" ]; then
  "$prefix/bin/tensorview-train" --help >/dev/null
fi
