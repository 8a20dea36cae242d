# umsadm_unite(TARGET [SOURCE...]): the sources of TARGET are compiled eight at a time, as one: a whole build
# takes half as long. Each SOURCE is compiled by itself: it uses a name that another one uses, too.
#
# A source still has to include what it uses: a build without UMSADM_UNITE (preset release) reads it without its neighbours.
function(umsadm_unite target)
  if(NOT UMSADM_UNITE)
    return()
  endif()
  # A type with a member of an anonymous namespace is fine in the source that has both, which g++ does not see here.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  if(ARGN)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()
