# Sourced by the scripts beside it: where things are, and how to speak.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scripts=$repository/scripts

say() { printf '%s\n' "$*" >&2; }

fail()
{
  printf '%s: %s\n' "scripts/$(basename "$0")" "$*" >&2
  exit 1
}

# Prints the comment block that opens the calling script (after the first line), as its help.
print_help() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

refuse_option() { fail "unknown option '$1' (scripts/$(basename "$0") --help lists them)"; }

# The value of an option: take_value NAME "${2-}"
take_value()
{
  [ -n "${2-}" ] || fail "option $1 needs a value"
  printf '%s\n' "$2"
}

# The Python of TensorView's own environment. The folder is named after the pinned requirements and
# the system's Python, so that another pin makes another environment and all checkouts share one.
environment_python()
{
  local key
  key=$({ cat "$scripts/requirements.txt"; readlink -f /usr/bin/python3; } | sha256sum | cut -c1-12)
  printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/tensorview/python-$key/bin/python"
}

# Compilers at work at a time: one per core, and per 2 GB of memory, which a file with torch takes.
default_jobs()
{
  local cores memory
  cores=$(nproc)
  memory=$(awk '/MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  printf '%s\n' "$((cores < memory ? cores : memory))"
}
