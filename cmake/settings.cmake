# What every target of the project is compiled and linked with.
add_library(umsadm_settings INTERFACE)

target_compile_options(umsadm_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2
  $<$<BOOL:${UMSADM_WERROR}>:-Werror>
  -fstack-protector-strong)
target_link_options(umsadm_settings INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

if(UMSADM_SANITIZE)
  target_compile_options(umsadm_settings INTERFACE
    -fsanitize=${UMSADM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(umsadm_settings INTERFACE -fsanitize=${UMSADM_SANITIZE})
else()
  # _FORTIFY_SOURCE needs optimisation, and sanitizers replace the functions that it would check.
  target_compile_definitions(umsadm_settings INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64")
  target_compile_options(umsadm_settings INTERFACE -fcf-protection)
endif()

include(CheckPIESupported)
check_pie_supported()
