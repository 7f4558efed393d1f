# One CTest test for each program or script under tests/.

set(scale 1) # tests divide their work by it
if(CMAKE_CROSSCOMPILING)
  set(scale 200)
elseif(DISRUPTOR_SANITIZE)
  set(scale 20)
endif()
set(DISRUPTOR_TEST_SCALE ${scale} CACHE STRING "Tests divide their work by this")

find_path(CMOCKA_INCLUDE_DIR cmocka.h)
find_library(CMOCKA_LIBRARY cmocka)
if(NOT CMOCKA_INCLUDE_DIR OR NOT CMOCKA_LIBRARY)
  message(FATAL_ERROR "no cmocka: run scripts/install-packages cmocka, "
                      "or configure with -DDISRUPTOR_BUILD_TESTS=OFF")
endif()

function(common name label)
  set_tests_properties(${name} PROPERTIES
    LABELS ${label} TIMEOUT 300 SKIP_RETURN_CODE 77)
  if(NOT DISRUPTOR_TEST_SCALE EQUAL 1)
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
                 DISRUPTOR_TEST_SCALE=${DISRUPTOR_TEST_SCALE})
  endif()
endfunction()

# Programs: cmocka, the library, and its insides by <internal.h>.
function(programs label pattern)
  set(targets "")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${pattern})
  foreach(source ${sources})
    cmake_path(GET source STEM name)
    if(DISRUPTOR_SANITIZE AND name MATCHES "^failing_")
      continue() # it replaces the calls that the sanitizers replace
    endif()
    set(target ${label}_${name})
    list(APPEND targets ${target})
    add_executable(${target} ${source})
    set_target_properties(${target} PROPERTIES
                          OUTPUT_NAME ${name}
                          RUNTIME_OUTPUT_DIRECTORY tests/${label})
    target_compile_definitions(${target} PRIVATE ${definitions})
    target_compile_options(${target} PRIVATE -Wno-unused-parameter)
    target_include_directories(${target} PRIVATE
      ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
    target_include_directories(${target} SYSTEM PRIVATE ${CMOCKA_INCLUDE_DIR})
    target_link_libraries(${target} PRIVATE
                          disruptor_static Threads::Threads ${CMOCKA_LIBRARY})
    add_test(NAME ${label}/${name} COMMAND ${target})
    common(${label}/${name} ${label})
    # What hangs is ended by its watchdog; the rest may take its time.
    set_tests_properties(${label}/${name} PROPERTIES TIMEOUT 1200)
    if(name MATCHES "^idle") # measures the machine's idleness
      set_tests_properties(${label}/${name} PROPERTIES RUN_SERIAL ON)
    elseif(NOT label MATCHES "^(unit|crash)$" OR name STREQUAL kill_random)
      # keeps both cores of a small machine busy
      set_tests_properties(${label}/${name} PROPERTIES PROCESSORS 2)
    endif()
  endforeach()
  add_custom_target(${label}_programs DEPENDS ${targets})
endfunction()

programs(unit unit/test_*.c)
programs(stress stress/*.c)
programs(process process/*.c)
programs(fuzz fuzz/*.c)
programs(crash crash/*.c)

# Scripts: exit 0 for success, 77 for "cannot be tested here".
function(script label name)
  add_test(NAME ${label}/${name} COMMAND ${ARGN}
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  common(${label}/${name} ${label})
  set_property(TEST ${label}/${name} APPEND PROPERTY
               ENVIRONMENT CC=${CMAKE_C_COMPILER})
endfunction()

if(NOT CMAKE_CROSSCOMPILING)
  set(scripts "")
  if(TARGET disruptor)
    file(GLOB scripts CONFIGURE_DEPENDS
         ${PROJECT_SOURCE_DIR}/tests/command/test_*.sh)
  endif()
  foreach(source ${scripts})
    cmake_path(GET source STEM name)
    script(command ${name} sh ${source})
    set_property(TEST command/${name} APPEND PROPERTY
                 ENVIRONMENT DISRUPTOR=$<TARGET_FILE:disruptor>)
    # hundreds of processes, on whatever machine
    set_tests_properties(command/${name} PROPERTIES TIMEOUT 900)
  endforeach()

  script(check layers scripts/check-layers)
  script(check edges scripts/check-edges)
  script(check features scripts/check-features)
  script(check catalogue tests/mutants/check-catalogue)
  script(check examples scripts/show-examples --check)
  if(TARGET example_diamond)
    script(check output tests/examples/check-output
           ${PROJECT_BINARY_DIR}/examples)
  endif()
  script(check headers tests/headers/check-headers)
  if(NOT DISRUPTOR_SANITIZE)
    script(check manuals tests/manuals/check-manuals)
    include(cmake/explore.cmake)
    script(check symbols
           tests/abi/check-symbols $<TARGET_FILE:disruptor_shared>)
    script(check install tests/install/check-install ${PROJECT_BINARY_DIR})
  endif()
endif()
