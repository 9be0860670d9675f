#!/usr/bin/env bash
# help_test.sh REPOSITORY: every script of ours tells what it does when asked, refuses what it does
# not know with a message, and touches nothing on the way.
set -euo pipefail
cd "$1"
wrong=0
for script in setup build run test with-display check-format check-layers check-docs check-tidy \
  fuzz new-filter; do
  if [ -z "$(scripts/$script --help </dev/null)" ]; then
    echo "scripts/$script --help says nothing"
    wrong=1
  fi
  if message=$(scripts/$script --no-such-option 2>&1 </dev/null) || [ -z "$message" ]; then
    echo "scripts/$script takes --no-such-option"
    wrong=1
  fi
done
exit $wrong
