#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "library.h"

/** Calls a function several times at once, each with arguments of its own, on threads that wait for that. */
class ThreadPool {
 public:
  /** @param threads how many compute, the calling one included. */
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const {
    return static_cast<int>(workers_.size()) + 1;
  }

  /**
   * Calls the function `calls` times, at most as often as there are threads, and returns when all are done. A thread that
   * is late, as it wakes up or has no processor, leaves its call to the others.
   *
   * @param args the arguments of all calls, one after the other
   */
  void run(const Function& function, char* heap, const double* args, int calls);

 private:
  struct Job {
    const Function* function;
    char* heap;
    const double* args;
  };

  void work(int thread);
  unsigned awaitRound(unsigned seen);
  void makeCalls(int thread);

  /** Stays as it is until all of its calls are done. */
  Job job_{};
  /** Counts the jobs: a change wakes the workers. */
  std::atomic<unsigned> round_{0};
  /** For each call whether no thread has taken it yet. */
  std::vector<std::atomic<bool>> untaken_;
  std::atomic<int> unfinished_{0};
  std::atomic<bool> stopped_{false};
  std::atomic<int> sleeping_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> workers_;
};
