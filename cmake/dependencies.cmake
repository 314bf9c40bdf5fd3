# The libraries that Rec stands on, each found once and named once.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)

# A library of Debian's that comes without CMake files.
function(rec_system_library NAME HEADER LIBRARY)
  find_path(${NAME}_INCLUDE ${HEADER} REQUIRED)
  find_library(${NAME}_LIBRARY ${LIBRARY} REQUIRED)
  add_library(${NAME} INTERFACE)
  target_include_directories(${NAME} SYSTEM INTERFACE ${${NAME}_INCLUDE})
  target_link_libraries(${NAME} INTERFACE ${${NAME}_LIBRARY})
endfunction()
rec_system_library(lmdb lmdb.h lmdb)
rec_system_library(xxhash xxhash.h xxhash)
rec_system_library(cctz cctz/time_zone.h cctz)
rec_system_library(highway_sort hwy/contrib/sort/vqsort.h hwy_contrib)
rec_system_library(highway hwy/highway.h hwy)

# What serves pages allocates many small things: tcmalloc takes the place of malloc in programs, not in libraries, whose
# embedders choose. Sanitizers bring their own.
find_library(REC_TCMALLOC NAMES tcmalloc_minimal libtcmalloc_minimal.so.4 REQUIRED)
add_library(allocator INTERFACE)
if(NOT REC_SANITIZE)
  target_link_libraries(allocator INTERFACE ${REC_TCMALLOC})
endif()

# LLVM, as a shared library.
find_path(REC_LLVM_INCLUDE llvm/ExecutionEngine/Orc/LLJIT.h REQUIRED PATHS /usr/lib/llvm-19/include)
find_library(REC_LLVM_LIBRARY NAMES LLVM-19 LLVM REQUIRED PATHS /usr/lib/llvm-19/lib)
add_library(llvm_library INTERFACE)
target_include_directories(llvm_library SYSTEM INTERFACE ${REC_LLVM_INCLUDE})
target_link_libraries(llvm_library INTERFACE ${REC_LLVM_LIBRARY})

# Faiss is a static library, with a BLAS and OpenMP under it; its own CMake files want a compiler that comes with OpenMP.
find_path(REC_FAISS_INCLUDE faiss/Index.h REQUIRED)
add_library(faiss_library INTERFACE)
target_include_directories(faiss_library SYSTEM INTERFACE ${REC_FAISS_INCLUDE})
foreach(LIBRARY faiss lapack blas gomp)
  find_library(REC_${LIBRARY}_LIBRARY ${LIBRARY} REQUIRED PATHS /usr/lib/gcc/x86_64-linux-gnu/12)
  target_link_libraries(faiss_library INTERFACE ${REC_${LIBRARY}_LIBRARY})
endforeach()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")  # Faiss is built with g++'s OpenMP: its header, and not another's
  find_file(REC_OMP_HEADER omp.h REQUIRED PATHS /usr/lib/gcc/x86_64-linux-gnu/12/include NO_DEFAULT_PATH)
  file(READ ${REC_OMP_HEADER} REC_OMP)
  string(REPLACE "__malloc__ (omp_free)" "__malloc__" REC_OMP "${REC_OMP}")  # an attribute that clang has not
  file(CONFIGURE OUTPUT generated/openmp/omp.h CONTENT "${REC_OMP}" @ONLY)
  target_include_directories(faiss_library SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated/openmp)
endif()

# The parser that ANTLR generates from the grammar; the header of its runtime needs char8_t off.
find_program(REC_ANTLR antlr4 REQUIRED)
find_path(REC_ANTLR_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
find_library(REC_ANTLR_LIBRARY antlr4-runtime REQUIRED)
set(REC_GENERATED ${CMAKE_BINARY_DIR}/generated/grammar)
set(REC_GRAMMAR_SOURCES ${REC_GENERATED}/RecLexer.cpp ${REC_GENERATED}/RecParser.cpp)
if(EXISTS ${CMAKE_SOURCE_DIR}/grammar/Rec.g4)
  add_custom_command(
    OUTPUT ${REC_GRAMMAR_SOURCES} ${REC_GENERATED}/RecLexer.h ${REC_GENERATED}/RecParser.h
    COMMAND ${REC_ANTLR} -Dlanguage=Cpp -package rec::grammar -no-listener -no-visitor -o ${REC_GENERATED}
            ${CMAKE_SOURCE_DIR}/grammar/Rec.g4
    DEPENDS ${CMAKE_SOURCE_DIR}/grammar/Rec.g4
    COMMENT "grammar: Rec.g4 -> parser")
  add_library(rec_antlr STATIC ${REC_GRAMMAR_SOURCES})
  target_compile_options(rec_antlr PRIVATE -w)
  target_compile_options(rec_antlr PUBLIC -fno-char8_t)
  target_include_directories(rec_antlr SYSTEM PUBLIC ${REC_GENERATED} ${REC_ANTLR_INCLUDE})
  target_link_libraries(rec_antlr PUBLIC ${REC_ANTLR_LIBRARY} Threads::Threads)
endif()
