# tests/explore: the library's own sources, compiled so that every atomic
# operation, every plain access and every call of the system is the explorer's.
# -fsanitize=thread makes the compiler tell the plain accesses; its runtime is
# not linked, tests/explore/memory/plain.c answers. Static paths and an optimized
# explorer, whatever the build type: it runs the same code millions of times.

file(GLOB explorer CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/explore/*.c
     ${PROJECT_SOURCE_DIR}/tests/explore/*/*.c)
set(explored ${explorer})
list(FILTER explored INCLUDE REGEX "/(play|scenes[_a-z]*)\\.c$")
list(REMOVE_ITEM explorer ${explored})
file(GLOB library CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.c)
list(FILTER library EXCLUDE REGEX "/inline_symbols\\.c$")

add_library(explored OBJECT ${explored} ${library})
add_executable(explore ${explorer} $<TARGET_OBJECTS:explored>)
foreach(target explored explore)
  target_compile_definitions(${target} PRIVATE ${definitions})
  target_compile_options(${target} PRIVATE -O2 -Wno-unused-parameter)
  # In this order: the hooks stand before the headers that they hide.
  target_include_directories(${target} BEFORE PRIVATE
    ${PROJECT_SOURCE_DIR}/tests/explore/include ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests/explore)
endforeach()
# An argument with a load in it: one site stands within the other.
target_compile_options(explored PRIVATE -fsanitize=thread -Wno-shadow
  -include ${PROJECT_SOURCE_DIR}/tests/explore/library.h)
target_link_libraries(explore PRIVATE Threads::Threads)
set_target_properties(explore PROPERTIES
                      RUNTIME_OUTPUT_DIRECTORY tests/explore)

script(explore litmus $<TARGET_FILE:explore> litmus)
math(EXPR random "2000 / ${DISRUPTOR_TEST_SCALE}")
script(explore random $<TARGET_FILE:explore> random ${random})
math(EXPR improvised "300 / ${DISRUPTOR_TEST_SCALE}")
script(explore improvise $<TARGET_FILE:explore> improvise ${improvised})
script(explore scenes $<TARGET_FILE:explore> scenes standard)
set_tests_properties(explore/scenes PROPERTIES TIMEOUT 900)
# Once: what a mutant does depends on the source, not on the compiler.
if(DISRUPTOR_TEST_SCALE EQUAL 1)
  script(explore mutants $<TARGET_FILE:explore> mutants standard
         tests/explore/harmless.txt)
  set_tests_properties(explore/mutants PROPERTIES TIMEOUT 900)
endif()

# The code for weak hardware, at the ends of the edges.
script(check code tests/machine/check-code)
