# umsadm_precompile(TARGET GROUP [HEADER...]): the sources of TARGET begin with the headers that most of them include, and
# with HEADER... The first target of a GROUP compiles them for all of the group, whose compiler options have to be the same.
#
# A source still has to include what it uses: scripts/lint and a build without UMSADM_PRECOMPILE read it without these.
function(umsadm_precompile target group)
  if(NOT UMSADM_PRECOMPILE)
    return()
  endif()
  get_property(owner GLOBAL PROPERTY umsadm_precompiled_${group})
  if(owner)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  else()
    set_property(GLOBAL PROPERTY umsadm_precompiled_${group} ${target})
    target_precompile_headers(${target} PRIVATE
      <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <string> <string_view> <vector>
      <fmt/format.h> ${ARGN})
  endif()
  # Without it ccache could not tell what a precompiled header holds.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()
