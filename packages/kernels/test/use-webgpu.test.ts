import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { GPUMemoryError, useWebGPU } from '@fbsd/kernels/node';
import * as tf from '@tensorflow/tfjs-core';
import { describeWebGPU } from './support/webgpu.ts';

describeWebGPU('useWebGPU', (webgpu) => {
  test('makes webgpu the backend, names the adapter and installs our kernels', () => {
    const { gpu, acceleration } = webgpu();
    expect(tf.getBackend()).toBe('webgpu');
    expect(gpu.name).not.toBe('');
    expect(acceleration.backend).toBe('webgpu');
    expect(acceleration.kernels).toContain('Conv2DBackpropFilter');
  });

  test('has the whole of the adapter', () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    // What WebGPU promises is 256 MiB; every adapter that is of use here has more.
    expect(device.limits.maxBufferSize).toBeGreaterThan(2 ** 28);
    expect(device.features.has('timestamp-query')).toBe(true);
  });

  test('is used once at a time', async () => {
    await expect(useWebGPU({ allowSoftware: true })).rejects.toThrow('in use already');
  });

  test('says how values are read', async () => {
    const y = tf.tidy(() => tf.add(tf.fill([2000], 1), 1));
    expect(() => y.dataSync()).toThrow('Use await tensor.data()');
    expect((await y.data())[1999]).toBe(2);
    y.dispose();
  });

  test('a tensor that does not fit says so and what to do, and the next one fits', async () => {
    const large = () => tf.tidy(() => tf.fill([2 ** 20, 2 ** 12], 1));
    expect(large).toThrow(GPUMemoryError);
    expect(large).toThrow(/16384 MB .*Use a smaller batch or smaller images\.$/);
    const y = tf.fill([2000], 3);
    expect((await y.data())[0]).toBe(3);
    y.dispose();
  });

  test('an error of the device shows in the next read', async () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const x = tf.fill([2000], 3);
    device.createBuffer({ size: 16, usage: 0 }); // invalid: reported aside
    await device.queue.onSubmittedWorkDone();
    await expect(x.data()).rejects.toThrow('[@fbsd/kernels] useWebGPU: ');
    x.dispose();
  });

  test('knows how much memory it took', () => {
    const { bytes, peakBytes } = webgpu().memory();
    expect(bytes).toBeGreaterThan(0);
    expect(peakBytes).toBeGreaterThanOrEqual(bytes);
  });
});

describeWebGPU('without being asked for software, useWebGPU', (webgpu) => {
  test('takes a GPU only', async () => {
    const { software } = webgpu().gpu;
    webgpu().dispose();
    const started = await useWebGPU().then(
      (gpu) => {
        gpu.dispose();
        return 'a GPU';
      },
      (error: Error) => `${error.name}: ${error.message}`,
    );
    expect(started).toMatch(software ? /^NoGPUError: .*allowSoftware: true/ : /^a GPU$/);
  });
});

describeWebGPU('a process with useWebGPU', (webgpu) => {
  test('ends by itself, with and without dispose', () => {
    webgpu().dispose();
    for (const end of ['', 'webgpu.dispose();']) {
      const program = `
        import { fill } from '@tensorflow/tfjs-core';
        import { GPUMemoryError, useWebGPU } from '@fbsd/kernels/node';
        const webgpu = await useWebGPU({ allowSoftware: true });
        process.stdout.write(String((await fill([3000], 7).data())[2999]));
        ${end}`;
      const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        encoding: 'utf8',
        timeout: 60_000,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(output).toBe('7');
    }
  });
});
