import { fusedKernel } from '../define-kernels.ts';
import { output, run } from '../runtime/program.ts';
import { reductionOf } from '../shaders/reduction.ts';

const THREADS = 128;

/**
 * FbsdSoftmaxCrossEntropy, of @fbsd/fbsd: logits z [B,K] and classes, int32 [B] → the mean over the rows
 * of −ln softmax(z)[class], [], and its gradient [B,K]. A class that there is not makes them NaN.
 *
 * One workgroup goes through all rows, so that it has their sum in the end: they are as few as images of a
 * batch.
 */
export const softmaxCrossEntropy = fusedKernel(
  'FbsdSoftmaxCrossEntropy',
  (backend, { logits, labels }) => {
    const [rows, classes] = logits.shape;
    const [loss, gradient] = [output(backend, []), output(backend, logits.shape)] as const;
    const most = reductionOf(backend.device, 'max', THREADS);
    const sum = reductionOf(backend.device, 'sum', THREADS);
    run(backend, {
      name: 'FbsdSoftmaxCrossEntropy',
      directives: sum.directives,
      reads: { logits, labels },
      writes: { loss, gradient },
      integers: { rows, classes },
      floats: { nan: Number.NaN },
      workgroups: [1, 1, 1],
      code: () => `
${most.declarations}
${sum.declarations}
@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32) {
  var losses = 0.0;
  for (var row = 0; row < u.rows; row++) {
    let begin = row * u.classes;
    let end = begin + u.classes;
    let first = begin + i32(thread);
    // Shifted by the largest, so that no exponential is infinite and one of them is 1.
    var largest = -3.4028234663852886e38;
    for (var i = first; i < end; i += ${THREADS}) { largest = max(largest, logits[i]); }
    largest = maxOfThreads(largest, thread);
    var part = 0.0;
    for (var i = first; i < end; i += ${THREADS}) { part += exp(logits[i] - largest); }
    let sum = sumOfThreads(part, thread);
    let label = labels[row];
    let missing = label < 0 || label >= u.classes;
    let place = begin + clamp(label, 0, u.classes - 1);
    for (var i = first; i < end; i += ${THREADS}) {
      let probability = exp(logits[i] - largest) / sum;
      let difference = probability - select(0.0, 1.0, i == place);
      gradient[i] = select(difference / f32(u.rows), u.nan, missing);
    }
    losses += select(log(sum) - (logits[place] - largest), u.nan, missing);
  }
  if (thread == 0) { loss[0] = losses / f32(u.rows); }
}`,
    });
    return [loss, gradient];
  },
);
