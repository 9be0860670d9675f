#[==[
tensorview_target_defaults(<target>)

Warnings as errors, for our own targets only.
#]==]
option(TENSORVIEW_WARNINGS_AS_ERRORS "Treat warnings in TensorView's own code as errors" ON)

function (tensorview_target_defaults target)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wsuggest-override>)
  if (TENSORVIEW_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
  endif ()
endfunction ()
