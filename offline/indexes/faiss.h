// Faiss: the one header that brings it in, and only offline/indexes includes this one.
#pragma once

#include <omp.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <faiss/Clustering.h>
#pragma GCC diagnostic pop
