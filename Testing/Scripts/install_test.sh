#!/usr/bin/env bash
# install_test.sh BUILD PVPYTHON LIBDIR: a plugin installed below a prefix of its own is found, loaded
# and used by ParaView from there, without the build folder's help, in both ways that docs/user-guide.md
# names; the engine and its torch are found, too.
set -euo pipefail
build=$1
pvpython=$2
library_folder=$3

prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >"$prefix/install.log"

unset TENSORVIEW_BUILD_DIR TENSORVIEW_ENGINE_LIBRARY LD_LIBRARY_PATH PYTHONPATH
unset PV_PLUGIN_PATH PV_PLUGIN_CONFIG_FILE
check=$(dirname "$0")/installed_plugin.py
PV_PLUGIN_CONFIG_FILE=$prefix/$library_folder/tensorview.plugins.xml \
  timeout -k 5 60 "$pvpython" "$check" "$prefix/$library_folder"
PV_PLUGIN_PATH=$prefix/$library_folder \
  timeout -k 5 60 "$pvpython" "$check" "$prefix/$library_folder"

if [ -x "$build/bin/tensorview-train" ]; then
  "$prefix/bin/tensorview-train" --help >/dev/null
  "$prefix/bin/tensorview-check" --help >/dev/null
fi
if [ -e "$prefix/$library_folder/TensorView/libTensorViewEngine.so" ]; then
  "$prefix/bin/tensorview-train" --steps 2 --threads 1 --json | grep '"step":2' >/dev/null
fi
