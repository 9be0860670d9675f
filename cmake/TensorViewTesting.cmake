#[==[
tensorview_add_gtest(<name>
  SOURCES <file>...
  [LIBRARIES <target>...]
  [LABELS <label>...]          ctest labels; default: unit; in sanitizer builds also asan and
                               ubsan, or tsan
  [TIMEOUT <seconds>]          of one test; default: 60
  [ENVIRONMENT <NAME=value>...]
  [WHOLE])                     one ctest for the executable instead of one per test case, for
                               executables that are slow to start

An executable <name> of GoogleTest files, registered with ctest. Arguments it does not know are an
error.

tensorview_tests (target)      builds the tests and what they need, and nothing else; executables
                               that stand in an add_test of their own are added by add_dependencies
#]==]
include(GoogleTest)
add_custom_target(tensorview_tests)

set(tensorview_sanitizer_environment
  "ASAN_OPTIONS=allocator_may_return_null=1"
  "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/.lsan.supp:print_suppressions=0"
  "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/.tsan.supp:halt_on_error=1:allocator_may_return_null=1"
  "UBSAN_OPTIONS=print_stacktrace=1")
if (NOT TENSORVIEW_SANITIZER)
  set(tensorview_sanitizer_environment "")
endif ()

function (tensorview_add_gtest name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE" "TIMEOUT" "SOURCES;LIBRARIES;LABELS;ENVIRONMENT")
  if (arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tensorview_add_gtest(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif ()
  if (NOT arg_SOURCES)
    message(FATAL_ERROR "tensorview_add_gtest(${name}): SOURCES is missing")
  endif ()
  if (NOT arg_LABELS)
    set(arg_LABELS unit)
  endif ()
  if (TENSORVIEW_SANITIZER STREQUAL "address")
    list(APPEND arg_LABELS asan ubsan)
  elseif (TENSORVIEW_SANITIZER STREQUAL "thread")
    list(APPEND arg_LABELS tsan)
  endif ()
  if (NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif ()

  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} GTest::gtest_main)
  tensorview_target_defaults(${name})
  add_dependencies(tensorview_tests ${name})

  set(environment ${arg_ENVIRONMENT} ${tensorview_sanitizer_environment})
  if (arg_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
      LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${environment}")
  else ()
    # Properties that are lists do not survive gtest_discover_tests; ctest reads them from a file,
    # after it has found the tests.
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60)
    set(file "${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake")
    file(GENERATE OUTPUT "${file}" CONTENT
"foreach (test IN LISTS ${name}_TESTS)
  set_tests_properties(\"\${test}\" PROPERTIES
    LABELS \"${arg_LABELS}\" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT \"${environment}\")
endforeach ()
")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${file}")
  endif ()
endfunction ()
