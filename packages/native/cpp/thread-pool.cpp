#include "thread-pool.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace {

/** How often a thread looks whether it is its turn before it sleeps or yields: jobs follow each other closely. */
constexpr int SPINS = 20000;

void relax() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

}  // namespace

ThreadPool::ThreadPool(int threads) : untaken_(threads) {
  for (int thread = 1; thread < threads; thread++) workers_.emplace_back([this, thread] { work(thread); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    round_++;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(const Function& function, char* heap, const double* args, int calls) {
  if (calls == 1) {
    function.call(heap, args);
    return;
  }
  job_ = {&function, heap, args};
  unfinished_ = calls;
  for (int call = 0; call < calls; call++) untaken_[call] = true;
  round_++;
  if (sleeping_ > 0) {
    std::lock_guard lock(mutex_);
    wake_.notify_all();
  }
  makeCalls(0);
  for (int spins = 0; unfinished_ > 0; spins++) {
    if (spins < SPINS) {
      relax();
    } else {
      std::this_thread::yield();
    }
  }
}

void ThreadPool::work(int thread) {
  for (unsigned seen = 0;;) {
    seen = awaitRound(seen);
    if (stopped_) return;
    makeCalls(thread);
  }
}

/** First that of its own number: what a thread wrote in the job before may still be in its cache. */
void ThreadPool::makeCalls(int thread) {
  for (int i = 0; i < threads(); i++) {
    const int call = (thread + i) % threads();
    if (!untaken_[call] || !untaken_[call].exchange(false)) continue;
    job_.function->call(job_.heap, job_.args + call * job_.function->parameters);
    unfinished_--;
  }
}

unsigned ThreadPool::awaitRound(unsigned seen) {
  for (int spins = 0; spins < SPINS; spins++) {
    const unsigned round = round_;
    if (round != seen) return round;
    relax();
  }
  std::unique_lock lock(mutex_);
  sleeping_++;
  wake_.wait(lock, [&] { return round_ != seen; });
  sleeping_--;
  return round_;
}
