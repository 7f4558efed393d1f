# Manual pages. Each name that a page of section 3 explains has a page, which
# says where the text is: made here from the lines
#	.Nm name ,
# of the page's section NAME.

file(GLOB manuals CONFIGURE_DEPENDS docs/man/*.[137])
foreach(manual ${manuals})
  cmake_path(GET manual EXTENSION LAST_ONLY suffix)
  string(SUBSTRING ${suffix} 1 1 section)
  install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  if(NOT section EQUAL 3)
    continue()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manual})
  cmake_path(GET manual FILENAME page)
  file(READ ${manual} text)
  string(REGEX REPLACE "\n\\.Nd .*" "" text "${text}")
  string(REGEX MATCHALL "\n\\.Nm [^ \n]+" names "${text}")
  list(TRANSFORM names REPLACE "\n.Nm " "")
  foreach(name ${names})
    if(NOT EXISTS ${PROJECT_SOURCE_DIR}/docs/man/${name}.3)
      file(CONFIGURE OUTPUT man3/${name}.3 CONTENT ".so man3/${page}\n")
      install(FILES ${PROJECT_BINARY_DIR}/man3/${name}.3
              DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
    endif()
  endforeach()
endforeach()
