"""The measured process: a line of JSON per answer on stdout, a command per line on stdin.

After the warm-up it says that it is ready. `round` repeats the step for the given seconds and answers
the mean milliseconds. When stdin ends, it answers the most memory that the process ever had.
"""

import json
import resource
import sys
import time

import torch

from .steps import make


def serve(case, threads, round_seconds, mode="eager", warm_up_seconds=None, precision="float32"):
    torch.set_num_threads(threads)
    step = make(case, mode, precision)
    _round(step, round_seconds if warm_up_seconds is None else warm_up_seconds)
    _answer(ready=f"PyTorch {torch.__version__}, {mode}, {precision}, {torch.get_num_threads()} threads")
    for line in sys.stdin:
        if line.strip() == "round":
            _answer(milliseconds=_round(step, round_seconds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = {"peakBytes": peak if sys.platform == "darwin" else peak * 1024}
    if torch.cuda.is_initialized():
        answer["gpuBytes"] = torch.cuda.max_memory_allocated()
    _answer(**answer)


def _round(step, seconds):
    begin = time.perf_counter()
    steps = 0
    while True:
        step()
        steps += 1
        elapsed = time.perf_counter() - begin
        if elapsed >= seconds:
            return 1000 * elapsed / steps


def _answer(**values):
    print(json.dumps(values), flush=True)
