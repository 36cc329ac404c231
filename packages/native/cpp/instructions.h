#pragma once
#include <vector>

#include "library.h"

/**
 * The libraries whose instructions this CPU has and this system lets programs use, the fastest first: those that round to
 * bfloat16, or the others. To ask for the former asks Linux for AMX, which makes it save more registers: from then on
 * it refuses stacks for signals that are too small for them.
 */
std::vector<const Library*> usableLibraries(bool bfloat16);
