#!/usr/bin/env bash
# display_test.sh REPOSITORY: scripts/with-display gives the command a server that answers, passes its
# exit status on, and leaves no server behind.
set -euo pipefail
with_display=$1/scripts/with-display

status=0
"$with_display" bash -c 'exit 7' || status=$?
[ $status = 7 ]
number=$("$with_display" bash -c 'echo "${DISPLAY#:}"; [ -S "/tmp/.X11-unix/X${DISPLAY#:}" ]')
for _ in $(seq 50); do
  [ -S "/tmp/.X11-unix/X$number" ] || exit 0
  sleep 0.1
done
echo "display :$number is still there"
exit 1
