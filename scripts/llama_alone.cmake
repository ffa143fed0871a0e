# Read by CMake before llama-cpp-python's own CMakeLists.txt decides what to build. That file forces
# the cache entry of this name to ON; a variable goes before a cache entry. What is left out is the
# library of llama.cpp's programs: argument parsing, chat templates, downloads. Python needs none.
set(LLAMA_BUILD_COMMON OFF)
