#include "instructions.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace {

/** The registers that the system saves for each program: bits of XCR0. */
constexpr uint64_t YMM = 0b110;
constexpr uint64_t ZMM = 0b11100110;
constexpr uint64_t TILES = 0b11 << 17;

uint64_t savedRegisters() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

constexpr bool has(uint32_t flags, int bit) {
  return flags >> bit & 1;
}

/** Asks Linux to let this process use tiles; other systems have another way, and no kernels for it here. */
bool allowsTiles() {
#if defined(__linux__)
  constexpr int REQUEST_PERMISSION = 0x1023, TILE_DATA = 18;  // ARCH_REQ_XCOMP_PERM, since Linux 5.16
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return false;
#endif
}

}  // namespace

std::vector<const Library*> usableLibraries(bool bfloat16) {
  std::vector<const Library*> usable;
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return usable;
  const bool fma = has(c, 12);
  const bool savesRegisters = has(c, 27);
  if (!fma || !savesRegisters || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return usable;
  const uint64_t saved = savedRegisters();
  const bool avx2 = has(b, 5) && (saved & YMM) == YMM;
  const bool avx512 = has(b, 16) && has(b, 17) && has(b, 30) && has(b, 31) && (saved & ZMM) == ZMM;  // F, DQ, BW, VL
  if (!bfloat16) {
    if (avx2 && avx512) usable.push_back(&libraryForAVX512);
    if (avx2) usable.push_back(&libraryForAVX2);
    return usable;
  }
  const bool amx = has(d, 22) && has(d, 24) && (saved & TILES) == TILES;  // BF16, TILE
  const bool more = __get_cpuid_count(7, 1, &a, &b, &c, &d);
  if (avx2 && avx512 && more && has(a, 5)) {
    if (amx && allowsTiles()) usable.push_back(&libraryForAMX_BF16);
    usable.push_back(&libraryForAVX512_BF16);
  }
  return usable;
}

#else

std::vector<const Library*> usableLibraries(bool bfloat16) {
  if (bfloat16) return {};
  return {&libraryForNEON};
}

#endif
