import { backend as currentBackend, getBackend } from '@tensorflow/tfjs-core';
import { install, type Replacements } from './install.ts';

/** The kernels that an `accelerate` installed, and how to undo it. */
export interface Acceleration {
  /** Name of the backend whose kernels were replaced. */
  readonly backend: string;
  /** The kernels that were added or replaced; empty where the backend lacks nothing. */
  readonly kernels: readonly string[];
  /** Puts the backend's own kernels back. Calling it again does nothing. */
  restore(): void;
}

/** Makes the replacements for a backend that is ready. */
export type MakeReplacements = (backend: object) => Replacements;

/** By backend; one list for all entries of this package, so that none installs a second time. */
const active = new Map<string, Acceleration>();

/** Whether an `accelerate` is in effect on a backend. */
export function isAccelerated(backend: string): boolean {
  return active.has(backend);
}

/**
 * Accelerates the current backend if it is one of those given; on any other it installs nothing.
 *
 * @throws Error if no backend is ready yet
 */
export function accelerateAny(byBackend: Readonly<Record<string, MakeReplacements>>): Acceleration {
  const backend = getBackend();
  if (!backend) {
    throw new Error(
      '[@fbsd/kernels] accelerate: no backend is ready. Call it after `await setBackend(…)` or `await ready()`.',
    );
  }
  return installed(backend, byBackend[backend] ?? (() => ({ kernels: [] })));
}

/**
 * Accelerates the current backend, which must be this one.
 *
 * @throws Error if it is another one, or none is ready yet
 */
export function accelerateOnly(name: string, make: MakeReplacements): Acceleration {
  const backend = getBackend();
  if (backend !== name) {
    throw new Error(
      `[@fbsd/kernels/${name}] accelerate: the current backend must be ${name}; got ${backend || 'none'}. ` +
        `Call it after \`await setBackend('${name}')\`, or use \`accelerate\` of @fbsd/kernels, which takes any backend.`,
    );
  }
  return installed(name, make);
}

function installed(backend: string, make: MakeReplacements): Acceleration {
  const current = active.get(backend);
  if (current) return current;
  const installation = install(backend, make(currentBackend()));
  const acceleration: Acceleration = {
    backend,
    kernels: installation.kernels,
    restore() {
      if (active.get(backend) !== acceleration) return;
      installation.restore();
      active.delete(backend);
    },
  };
  active.set(backend, acceleration);
  return acceleration;
}
