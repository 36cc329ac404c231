#pragma once
#include <vector>

#include "library.h"

/** The libraries whose instructions this CPU has and this system lets programs use, the fastest first. */
std::vector<const Library*> usableLibraries();
