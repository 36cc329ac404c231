#pragma once
#include <utility>

#include "copies.h"
#include "library.h"
#ifdef FBSD_AMX
#include "micro-kernel.h"
#endif

namespace {

/** Makes an argument of what JavaScript passed. Addresses are places on the heap, and 0 is none. */
template <class Type>
struct Argument {
  static constexpr int COUNT = 1;

  static Type of(char*, const double* value) {
    return static_cast<Type>(*value);
  }
};

template <class Type>
struct Argument<Type*> {
  static constexpr int COUNT = 1;

  static Type* of(char* heap, const double* value) {
    // WebAssembly's addresses of 32 bits may come with a sign.
    const uint32_t address = static_cast<uint32_t>(static_cast<int64_t>(*value));
    return address ? reinterpret_cast<Type*>(heap + address) : nullptr;
  }
};

template <>
struct Argument<Heap> {
  static constexpr int COUNT = 0;

  static Heap of(char* heap, const double*) {
    return {heap};
  }
};

/** Fits a function of C++ to Function. */
template <auto function, class Type = decltype(function)>
struct Caller;

template <auto function, class Result, class... Types>
struct Caller<function, Result (*)(Types...)> {
  static constexpr int COUNT = (0 + ... + Argument<Types>::COUNT);

  static Result apply(char* heap, const double* args) {
    return apply(heap, args, std::make_integer_sequence<int, sizeof...(Types)>{});
  }

  template <int... Which>
  static Result apply([[maybe_unused]] char* heap, const double* args, std::integer_sequence<int, Which...>) {
    return function(Argument<Types>::of(heap, args + placeOf(Which))...);
  }

  /** Where the argument for a parameter stands: parameters before it may take none. */
  static constexpr int placeOf(int which) {
    constexpr int COUNTS[] = {Argument<Types>::COUNT..., 0};
    int place = 0;
    for (int i = 0; i < which; i++) place += COUNTS[i];
    return place;
  }
};

/** A function that computes. */
template <auto function>
constexpr Function computes(const char* name) {
  using Call = Caller<function>;
  const auto call = [](char* heap, const double* args) {
#ifdef FBSD_AMX
    const TileRegisters whole;
#endif
    Call::apply(heap, args);
  };
  return {name, Call::COUNT, call, nullptr};
}

/** A function that tells how many bytes a scratch area or a record takes. */
template <auto function>
constexpr Function tells(const char* name) {
  using Call = Caller<function>;
  return {name, Call::COUNT, nullptr, [](const double* args) { return Call::apply(nullptr, args); }};
}

}  // namespace
