# Compiler settings that every target of ours has: the standard, the warnings, strict IEEE arithmetic, the linker, ccache.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_BUILD_RPATH "\$ORIGIN;${CMAKE_BINARY_DIR}/bin")  # the native library stands beside the programs

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1")  # assertions stay on: they guard what only we can get wrong

find_program(REC_CCACHE ccache)
if(REC_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REC_CCACHE})
endif()

# For programs and tests, whose own code is not what takes time: to compile, it is.
add_library(rec_quickly_compiled INTERFACE)
target_compile_options(rec_quickly_compiled INTERFACE $<$<CONFIG:Release>:-O1>)

add_library(rec_flags INTERFACE)
target_compile_options(rec_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(rec_flags INTERFACE -Wno-restrict)  # g++ 12 sees overlaps in std::string's operator+ that are not there
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(rec_flags INTERFACE -Wno-deprecated-declarations)  # libstdc++ 12's stable_sort uses what it deprecates itself
endif()
# Same bits everywhere: no contraction into fma unless a definition asks for it (docs/reference, "Numbers").
add_compile_options(-ffp-contract=off)
# Nobody reads floating-point flags or errno; without these two g++ does not vectorise comparisons and square roots. No value changes.
add_compile_options(-fno-trapping-math -fno-math-errno)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v3)
endif()

if(REC_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=thread)
elseif(REC_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage for the fuzz targets
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(REC_MOLD mold)
find_program(REC_LLD NAMES ld.lld ld.lld-19)
if(REC_MOLD)
  add_link_options(-fuse-ld=mold)
elseif(REC_LLD)
  add_link_options(-fuse-ld=lld)
endif()
