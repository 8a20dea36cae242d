# UMSADM_VERSION: the project's version, with the commit when this is a git checkout that is not at a release tag.
# UMSADM_DATE: the day of the commit, else of the build (or $SOURCE_DATE_EPOCH).
set(UMSADM_VERSION ${PROJECT_VERSION})
string(TIMESTAMP UMSADM_DATE "%Y-%m-%d" UTC)
find_package(Git QUIET)
if(Git_FOUND AND EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} describe --always --dirty --exclude=*
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    OUTPUT_VARIABLE umsadm_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE umsadm_git_result)
  if(umsadm_git_result EQUAL 0 AND umsadm_commit)
    set(UMSADM_VERSION "${PROJECT_VERSION}+g${umsadm_commit}")
  endif()
  execute_process(
    COMMAND ${GIT_EXECUTABLE} log -1 --format=%cs
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    OUTPUT_VARIABLE umsadm_commit_date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(umsadm_commit_date)
    set(UMSADM_DATE ${umsadm_commit_date})
  endif()
endif()
