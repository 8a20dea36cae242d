# A part of the library: umsadm_part(NAME SOURCES ... [ALONE source ...] [USES part ...] [LIBRARIES target ...])
#
# ALONE: see umsadm_unite().
# USES are the parts it may call: its unit tests link nothing else, so the linker refuses what the table in
# docs/architecture.md does not allow (scripts/check-layers does the same for #include).
function(umsadm_part name)
  cmake_parse_arguments(part "" "" "SOURCES;ALONE;USES;LIBRARIES" ${ARGN})
  set(target umsadm_${name})
  add_library(${target} OBJECT ${part_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE umsadm_settings ${part_LIBRARIES})
  umsadm_precompile(${target} parts)
  umsadm_unite(${target} ${part_ALONE})
  set_property(TARGET ${target} PROPERTY umsadm_uses ${part_USES})
  set_property(TARGET ${target} PROPERTY umsadm_libraries ${part_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY umsadm_parts ${name})
endfunction()

# All parts that `name` uses, directly or not, itself included.
function(umsadm_closure name result)
  set(open ${name})
  set(closure "")
  while(open)
    list(POP_FRONT open part)
    if(NOT part IN_LIST closure)
      list(APPEND closure ${part})
      get_target_property(uses umsadm_${part} umsadm_uses)
      if(uses)
        list(APPEND open ${uses})
      endif()
    endif()
  endwhile()
  set(${result} ${closure} PARENT_SCOPE)
endfunction()

# Links a program with a part and what the part may use.
function(umsadm_link_part target name)
  umsadm_closure(${name} closure)
  foreach(part IN LISTS closure)
    get_target_property(libraries umsadm_${part} umsadm_libraries)
    target_link_libraries(${target} PRIVATE umsadm_${part})
    if(libraries)
      target_link_libraries(${target} PRIVATE ${libraries})
    endif()
  endforeach()
endfunction()

# The unit tests of a part: umsadm_unit_tests(NAME SOURCES ... [ALONE source ...] [APART tag ...]) makes and registers the
# program unit_NAME. ALONE: see umsadm_unite().
# Cases with one of the tags APART, which take minutes together, are tests of their own: they can run beside the others.
function(umsadm_unit_tests name)
  cmake_parse_arguments(test "" "" "SOURCES;ALONE;APART" ${ARGN})
  set(target unit_${name})
  add_executable(${target} ${test_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE umsadm_settings umsadm_test_main Catch2::Catch2)
  umsadm_link_part(${target} ${name})
  umsadm_precompile(${target} tests <catch2/catch.hpp>)
  umsadm_unite(${target} ${test_ALONE})
  set(rest "~[.]")  # cases that others call
  foreach(tag IN LISTS test_APART)
    string(APPEND rest "~[${tag}]")
    add_test(NAME ${target}_${tag} COMMAND ${target} "[${tag}]")
    set_tests_properties(${target}_${tag} PROPERTIES COST 100 TIMEOUT 900)
  endforeach()
  add_test(NAME ${target} COMMAND ${target} ${rest})
  set_tests_properties(${target} PROPERTIES COST 30)
endfunction()
