# What every target of ours is compiled with; linked PRIVATE by each.
add_library(mcp_vitals_options INTERFACE)
add_library(mcp_vitals::options ALIAS mcp_vitals_options)
target_include_directories(mcp_vitals_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(mcp_vitals_options INTERFACE
  -pthread  # some libraries ask for it; it defines a macro, and the precompiled header fits the same alone
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 and 14 report these on their own library's and Boost's inlined code (GCC bugs 105329, 107852).
  target_compile_options(mcp_vitals_options INTERFACE
    -Wno-mismatched-new-delete -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-array-bounds)
endif()

# Sanitizers hold for every object in the program, or they see only a part of it.
if(MCP_VITALS_SANITIZE)
  add_compile_options(-fsanitize=${MCP_VITALS_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MCP_VITALS_SANITIZE})
endif()
