# add_proto_library(TARGET FILE [GRPC]): the code that protoc makes of FILE, which is named from the
# root of the project. It is included by that name, and not held to our warnings.
function(add_proto_library target file)
  set(generated ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${generated})
  string(REGEX REPLACE "\\.proto$" "" stem ${file})
  set(files ${generated}/${stem}.pb.cc ${generated}/${stem}.pb.h)
  set(options --cpp_out=${generated})
  set(library protobuf::libprotobuf)
  if("GRPC" IN_LIST ARGN)
    list(APPEND files ${generated}/${stem}.grpc.pb.cc ${generated}/${stem}.grpc.pb.h)
    list(APPEND options --grpc_out=${generated}
      --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    set(library gRPC::grpc++)
  endif()
  add_custom_command(OUTPUT ${files}
    COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR} ${options} ${file}
    DEPENDS ${PROJECT_SOURCE_DIR}/${file}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  add_library(${target} STATIC ${files})
  target_include_directories(${target} SYSTEM PUBLIC ${generated})
  target_link_libraries(${target} PUBLIC ${library})
endfunction()
