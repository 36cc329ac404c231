/** The signals that ask a process to end, and the exit codes by which shells know them: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type StopSignal = keyof typeof EXIT_CODES;

/** What {@link stopSignals} heard. */
export interface StopSignals {
  /** Is aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Of the signal that came; that of Ctrl-C if none did. */
  readonly exitCode: number;
  /** Stops listening. */
  release(): void;
}

/**
 * Lets work end in order after Ctrl-C, after SIGTERM, by which clusters and systems that shut down ask for an end, and
 * after SIGHUP of a terminal that was closed. The second signal ends the process at once.
 *
 * @param onStop is told of the first: `Ctrl-C`, or the signal's name
 */
export function stopSignals(onStop: (name: string) => void): StopSignals {
  const controller = new AbortController();
  let came: StopSignal = 'SIGINT';
  const stop = (name: StopSignal) => {
    release();
    came = name;
    if (name === 'SIGHUP') ignoreLostTerminal();
    onStop(name === 'SIGINT' ? 'Ctrl-C' : name);
    controller.abort();
  };
  const names = Object.keys(EXIT_CODES) as StopSignal[];
  const listeners = names.map((name) => [name, () => stop(name)] as const);
  const release = () => {
    for (const [name, listener] of listeners) process.off(name, listener);
  };
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    signal: controller.signal,
    get exitCode() {
      return EXIT_CODES[came];
    },
    release,
  };
}

/**
 * What cannot be written to a terminal that is gone must not end the work. Afterwards the process ends by the signal
 * itself: Node, which resets terminals when it exits, would abort.
 */
function ignoreLostTerminal(): void {
  let lost = false;
  const onError = ({ code }: NodeJS.ErrnoException) => {
    if (code !== 'EIO' || lost) return;
    lost = true;
    process.once('exit', () => process.kill(process.pid, 'SIGHUP'));
  };
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', onError);
  }
}
