# ccache in front of the compilers wherever it is installed and no other launcher was asked for.
find_program(TENSORVIEW_CCACHE ccache DOC "ccache, or NOTFOUND to compile without it")
mark_as_advanced(TENSORVIEW_CCACHE)
foreach (language IN ITEMS C CXX CUDA)
  if (TENSORVIEW_CCACHE AND NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
    set(CMAKE_${language}_COMPILER_LAUNCHER "${TENSORVIEW_CCACHE}")
  endif ()
endforeach ()
