/*
 * The kernels for one instruction set: this file is compiled once for each, with FBSD_LIBRARY and
 * FBSD_INSTRUCTIONS as its names. Every function has the name and the arguments of one of the WebAssembly module
 * of @fbsd/kernels, and lives on the same heap; packages/kernels/assembly is the reference.
 *
 * Everything is float32 and channels-last; compiled with FBSD_BF16, what is multiplied in convolutions and products of
 * matrices is rounded to bfloat16 on the way (factors.h). A range [first,last) lets threads share the work.
 */
#include "batch-norm.h"
#include "call.h"
#include "convolution.h"
#include "depthwise.h"
#include "diversify.h"
#include "elementwise.h"
#include "filter-gradient.h"
#include "matrix-product.h"
#include "max-pool.h"
#include "packed-product.h"
#include "registers.h"
#include "top-k.h"
#ifndef FBSD_AMX
#include "winograd-convolution.h"
#include "winograd-filter-gradient.h"
#endif

namespace {

double convolutionBytes() {
  return sizeof(Convolution);
}

double depthwiseBytes() {
  return sizeof(Depthwise);
}

double panelBytes(int depth, int columns) {
  return 4.0 * panelFloats(depth, columns);
}

#define COMPUTES(name) computes<name>(#name)
#define TELLS(name) tells<name>(#name)

const Function FUNCTIONS[] = {
    COMPUTES(addValues),
    COMPUTES(batchNormGradient),
    COMPUTES(batchNormGradientSums),
    COMPUTES(clipGradient),
    COMPUTES(columnProducts),
    COMPUTES(columnSums),
    COMPUTES(convolve),
    COMPUTES(copyPieces),
    COMPUTES(depthwiseFilterGradient),
    COMPUTES(depthwiseInputGradient),
    COMPUTES(directionGradient),
    COMPUTES(exponential),
    COMPUTES(filterGradient),
    COMPUTES(gather),
    COMPUTES(inverseNorms),
    COMPUTES(maxPoolGradient),
    COMPUTES(moments),
    COMPUTES(multiply),
    COMPUTES(multiplyInRegisters),
    COMPUTES(multiplyPacked),
    COMPUTES(normalize),
    COMPUTES(packFilter),
    COMPUTES(packFlippedFilter),
    COMPUTES(packMatrices),
    COMPUTES(pad),
    COMPUTES(reluGradient),
    COMPUTES(rowProducts),
    COMPUTES(rowSums),
    COMPUTES(scaleRows),
    COMPUTES(segmentSum),
    COMPUTES(sgd),
    COMPUTES(similarity),
    COMPUTES(similarityGradient),
    COMPUTES(slice),
    COMPUTES(softmaxes),
    COMPUTES(topKMean),
    COMPUTES(topKMeanGradient),
#ifndef FBSD_AMX
    COMPUTES(convolveFewTiles),
    COMPUTES(convolveTiles),
    COMPUTES(filterGradientOfTiles),
    COMPUTES(transformWholeFilter),
#endif

    TELLS(columnSumsScratchBytes),
    TELLS(convolutionBytes),
    TELLS(convolveScratchBytes),
    TELLS(depthwiseBytes),
    TELLS(filterGradientScratchBytes),
    TELLS(momentsScratchBytes),
    TELLS(multiplyPackedScratchBytes),
    TELLS(multiplyScratchBytes),
    TELLS(panelBytes),
    TELLS(topKMeanScratchBytes),
#ifndef FBSD_AMX
    TELLS(convolveFewTilesScratchBytes),
    TELLS(convolveTilesScratchBytes),
    TELLS(convolvesFewTiles),
    TELLS(fewTilesAtOnce),
    TELLS(filterGradientOfTilesScratchBytes),
    TELLS(matricesBytes),
    TELLS(transformWholeFilterScratchBytes),
#endif
};

const Constant CONSTANTS[] = {
    {"ROWS", ROWS},
    {"COLUMNS", COLUMNS},
    {"PANELS", PANELS},
    {"PER_LANE", PER_LANE},
    {"STRIP", STRIP},
#ifdef FBSD_AMX
    {"WINOGRAD", 0},
#else
    {"WINOGRAD", 1},
    {"TILE", TILE},
    {"PRODUCTS", PRODUCTS},
#endif
};

}  // namespace

extern const Library FBSD_LIBRARY = {
    FBSD_INSTRUCTIONS,
    FUNCTIONS,
    sizeof FUNCTIONS / sizeof *FUNCTIONS,
    CONSTANTS,
    sizeof CONSTANTS / sizeof *CONSTANTS,
};
