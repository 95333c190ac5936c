# link_statically(TARGET): an imported library of gRPC, Abseil, Protobuf or RE2, and what it needs of
# these, as the archives that Debian has beside the shared libraries.
#
# They are some sixty shared libraries. This way what is not used of them stays out of the program,
# and what is used is bound when it is linked instead of at each start.
function(link_statically target)
  get_property(done GLOBAL PROPERTY mcp_vitals_linked_statically)
  if(target IN_LIST done OR NOT target MATCHES "^((gRPC|absl|protobuf)::|PkgConfig::RE2$)")
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY mcp_vitals_linked_statically ${target})
  foreach(property IMPORTED_LOCATION IMPORTED_LOCATION_NONE IMPORTED_LOCATION_RELEASE)
    get_target_property(shared ${target} ${property})
    if(shared)
      string(REGEX REPLACE "\\.so[.0-9]*$" ".a" archive ${shared})
      if(EXISTS ${archive})
        set_target_properties(${target} PROPERTIES ${property} ${archive})
      endif()
    endif()
  endforeach()
  get_target_property(needed ${target} INTERFACE_LINK_LIBRARIES)
  if(needed)
    list(TRANSFORM needed REPLACE "^re2::re2$" "PkgConfig::RE2")  # as gRPC calls it
    list(TRANSFORM needed REPLACE "(/lib(re2|absl_[a-z0-9_]+))\\.so$" "\\1.a")  # as pkg-config does
    set_target_properties(${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${needed}")
  endif()
  foreach(library IN LISTS needed)
    if(TARGET ${library})
      link_statically(${library})
    endif()
  endforeach()
endfunction()
