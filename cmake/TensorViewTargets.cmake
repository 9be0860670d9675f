#[==[
tensorview_target_defaults(<target>)

What every target of ours is compiled with, and no foreign one: warnings (as errors unless
TENSORVIEW_WARNINGS_AS_ERRORS is OFF), and the sanitizer or coverage flags of the build.
#]==]
option(TENSORVIEW_WARNINGS_AS_ERRORS "Treat warnings in TensorView's own code as errors" ON)
option(TENSORVIEW_COVERAGE "Count executed lines (gcov)" OFF)
set(TENSORVIEW_SANITIZER "" CACHE STRING
  "Sanitizer for TensorView's own code: empty, address (with undefined behaviour), thread or fuzzer")
set_property(CACHE TENSORVIEW_SANITIZER PROPERTY STRINGS "" address thread fuzzer)

set(TENSORVIEW_INSTRUMENTATION "")
if (TENSORVIEW_SANITIZER STREQUAL "address")
  set(TENSORVIEW_INSTRUMENTATION
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif (TENSORVIEW_SANITIZER STREQUAL "thread")
  set(TENSORVIEW_INSTRUMENTATION -fsanitize=thread -fno-omit-frame-pointer)
elseif (TENSORVIEW_SANITIZER STREQUAL "fuzzer")
  set(TENSORVIEW_INSTRUMENTATION -fsanitize=fuzzer-no-link,address,undefined
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
elseif (NOT TENSORVIEW_SANITIZER STREQUAL "")
  message(FATAL_ERROR "TENSORVIEW_SANITIZER is '${TENSORVIEW_SANITIZER}'; it can be empty, "
    "'address', 'thread' or 'fuzzer'.")
endif ()
if (TENSORVIEW_COVERAGE)
  list(APPEND TENSORVIEW_INSTRUMENTATION --coverage)
endif ()

function (tensorview_target_defaults target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
      -Wsuggest-override>)
  if (TENSORVIEW_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
  endif ()
  if (TENSORVIEW_INSTRUMENTATION)
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANGUAGE:C,CXX>:${TENSORVIEW_INSTRUMENTATION}>)
    target_link_options(${target} PRIVATE ${TENSORVIEW_INSTRUMENTATION})
  endif ()
endfunction ()
