#pragma once
#include <cstdint>

/** A function of the library, with its arguments as numbers of JavaScript. */
struct Function {
  const char* name;
  int parameters;
  /** Computes on the heap whose first byte is given; null for a function that only tells a size. */
  void (*call)(char* heap, const double* args);
  /** Bytes; null for a function that computes. */
  double (*size)(const double* args);
};

/** A size that the library and its callers must agree on. */
struct Constant {
  const char* name;
  int value;
};

/** All functions, compiled for one instruction set. */
struct Library {
  const char* instructions;
  const Function* functions;
  int functionCount;
  const Constant* constants;
  int constantCount;
};

#if defined(__x86_64__) || defined(_M_X64)
extern const Library libraryForAVX512;
extern const Library libraryForAVX512_BF16;
extern const Library libraryForAMX_BF16;
extern const Library libraryForAVX2;
#else
extern const Library libraryForNEON;
#endif
