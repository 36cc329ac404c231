/*
 * The addon, as src/addon.ts describes it: Node-API of version 8, no dependency.
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include <exception>
#include <string>

#include "instructions.h"
#include "thread-pool.h"

namespace {

/** A library with threads to run it on. */
struct Engine {
  Engine(const Library& library, int threads) : kernels(library), pool(threads) {}

  const Library& kernels;
  ThreadPool pool;
};

/** Arguments of a call from JavaScript. */
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = MOST;
    napi_get_cb_info(env, info, &count, values_, nullptr, nullptr);
  }

  int integer(int which) const {
    int32_t value = 0;
    napi_get_value_int32(env_, values_[which], &value);
    return value;
  }

  bool boolean(int which) const {
    bool value = false;
    napi_get_value_bool(env_, values_[which], &value);
    return value;
  }

  std::string string(int which) const {
    char text[64] = {};
    size_t length = 0;
    napi_get_value_string_utf8(env_, values_[which], text, sizeof text, &length);
    return {text, length};
  }

  Engine& engine(int which) const {
    void* data = nullptr;
    napi_get_value_external(env_, values_[which], &data);
    return *static_cast<Engine*>(data);
  }

  /** The first byte of a typed array, also of one whose memory is shared. */
  template <class Type>
  Type* array(int which) const {
    void* data = nullptr;
    napi_get_typedarray_info(env_, values_[which], nullptr, nullptr, &data, nullptr, nullptr);
    return static_cast<Type*>(data);
  }

 private:
  static constexpr size_t MOST = 5;
  napi_env env_;
  napi_value values_[MOST] = {};
};

napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

napi_value string(napi_env env, const char* text) {
  napi_value result;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

/** instructions(bfloat16): names of the instruction sets of a precision that this CPU has, the fastest first. */
napi_value instructions(napi_env env, napi_callback_info info) {
  const bool bfloat16 = Arguments(env, info).boolean(0);
  napi_value names;
  napi_create_array(env, &names);
  uint32_t i = 0;
  for (const Library* library : usableLibraries(bfloat16)) {
    napi_set_element(env, names, i++, string(env, library->instructions));
  }
  return names;
}

/** start(instructions, threads): an engine. Its threads end when it is collected, at the latest with the environment. */
napi_value start(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  for (const bool bfloat16 : {false, true}) {
    for (const Library* library : usableLibraries(bfloat16)) {
      if (library->instructions != args.string(0)) continue;
      try {
        napi_value external;
        const auto finalize = [](napi_env, void* data, void*) { delete static_cast<Engine*>(data); };
        napi_create_external(env, new Engine{*library, args.integer(1)}, finalize, nullptr, &external);
        return external;
      } catch (const std::exception& error) {
        napi_throw_error(env, nullptr, error.what());  // the system has no more threads
        return nullptr;
      }
    }
  }
  napi_throw_error(env, nullptr, "this CPU lacks the instructions that were asked for");
  return nullptr;
}

/** describe(engine): { functions: [{ name, parameters, computes }], constants: { name: value } }. */
napi_value describe(napi_env env, napi_callback_info info) {
  const Library& library = Arguments(env, info).engine(0).kernels;
  napi_value description, functions, constants;
  napi_create_object(env, &description);
  napi_create_array(env, &functions);
  napi_create_object(env, &constants);
  for (int i = 0; i < library.functionCount; i++) {
    const Function& function = library.functions[i];
    napi_value described, computes;
    napi_create_object(env, &described);
    napi_get_boolean(env, function.call != nullptr, &computes);
    napi_set_named_property(env, described, "name", string(env, function.name));
    napi_set_named_property(env, described, "parameters", number(env, function.parameters));
    napi_set_named_property(env, described, "computes", computes);
    napi_set_element(env, functions, static_cast<uint32_t>(i), described);
  }
  for (int i = 0; i < library.constantCount; i++) {
    const Constant& constant = library.constants[i];
    napi_set_named_property(env, constants, constant.name, number(env, constant.value));
  }
  napi_set_named_property(env, description, "functions", functions);
  napi_set_named_property(env, description, "constants", constants);
  return description;
}

/** size(engine, function, args): the bytes that a function tells. */
napi_value size(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Function& function = args.engine(0).kernels.functions[args.integer(1)];
  return number(env, function.size(args.array<double>(2)));
}

/** run(engine, function, heap, args, calls): calls a function that computes, once on each of so many threads. */
napi_value run(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  Engine& engine = args.engine(0);
  const Function& function = engine.kernels.functions[args.integer(1)];
  engine.pool.run(function, args.array<char>(2), args.array<double>(3), args.integer(4));
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor properties[] = {
      {"instructions", nullptr, instructions, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"start", nullptr, start, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"describe", nullptr, describe, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"size", nullptr, size, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"run", nullptr, run, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}
