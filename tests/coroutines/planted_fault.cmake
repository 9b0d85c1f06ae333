# Code with a fault in it, to prove that a test finds such faults.

# planted_fault(name source "right" "wrong" SYMBOLS a b): an object of this
# source in which `wrong` takes the place of `right`, and in which each
# symbol, so that it can be beside the right one, is called name_symbol.
function(planted_fault name source right wrong)
  cmake_parse_arguments(arg "" "" "SYMBOLS" ${ARGN})
  set(from "${CMAKE_SOURCE_DIR}/${source}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${from}")
  file(READ "${from}" text)
  string(FIND "${text}" "${right}" first)
  string(FIND "${text}" "${right}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${source} does not have this once: ${right}")
  endif()
  string(REPLACE "${right}" "${wrong}" text "${text}")
  set(planted "${CMAKE_CURRENT_BINARY_DIR}/${name}.c")
  file(GENERATE OUTPUT "${planted}" CONTENT "${text}")
  add_library(${name} OBJECT "${planted}")
  target_link_libraries(${name} PRIVATE coroutines waitlab_flags)
  foreach(symbol ${arg_SYMBOLS})
    target_compile_definitions(${name} PRIVATE ${symbol}=${name}_${symbol})
  endforeach()
endfunction()
