#!/usr/bin/env node
// Kills each process of training runs of several, at random moments: the job has to end within seconds, with an exit code that
// is not 0 and a message that tells which one died; resumed, it has to come to the same bytes as one that was left alone. Linux.
// Usage: npm run build && node tools/checks/mpi-kill-test.js [kills] [processes] [mpirun …]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASETS, ensureMini } from '@fbsd/datasets';
import { outcomeOf, PROGRAM, settingsOf } from './small-run.js';

const [killsArgument, processesArgument, ...launcherArguments] = process.argv.slice(2);
const kills = Number(killsArgument ?? 20);
const processes = Number(processesArgument ?? 2);
const launcher =
  launcherArguments.length > 0
    ? launcherArguments
    : ['mpirun.openmpi', '--allow-run-as-root', '--oversubscribe'];
const KILLS_PER_RUN = 5;
/** A job that is still there so long after a kill hangs. */
const HANGS = 60_000;

/**
 * @param {readonly string[]} args
 * @param {{ rank: number, after: number }} [kill] milliseconds from the first step on
 * @returns {Promise<{ code: number | null, took: number | null, output: string }>} `took`: from the kill to the end
 */
function job(args, kill) {
  return new Promise((resolve, reject) => {
    const [command, ...flags] = /** @type {[string, ...string[]]} */ (launcher);
    const all = [...flags, '-np', String(processes), process.execPath, PROGRAM, 'train', ...args];
    const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @type {number | null} */
    let killedAt = null;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const strike = () => {
      const pid = kill && pidOf(kill.rank, args);
      if (pid === undefined) return;
      process.kill(pid, 'SIGKILL');
      killedAt = performance.now();
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`hangs ${HANGS / 1000} s after a kill:\n${output}`));
      }, HANGS);
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
      });
    }
    if (kill) timer = setTimeout(strike, kill.after);
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve({ code, took: killedAt === null ? null : performance.now() - killedAt, output });
    });
  });
}

/**
 * Whether the output tells which process died: Open MPI by its rank, MPICH by the number that the run's first lines list, if it
 * came so far.
 *
 * @param {string} output
 * @param {number} rank
 */
function names(output, rank) {
  const pid = /together .* PIDs ([\d ]+),/.exec(output)?.[1]?.split(' ')[rank];
  if (output.includes(`process rank ${rank} `) || pid === undefined) return true;
  // Whoever waits for it may be the first to find it gone, and the first to end: then it is that one's message.
  return output.includes(`PID ${pid} `) || output.includes(`pid=${pid}`);
}

/** @param {number} rank @param {readonly string[]} args */
function pidOf(rank, args) {
  const folder = args.at(-1);
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (words[1] !== PROGRAM || !words.includes(String(folder))) return false;
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return environment.some(
          (line) => /^(OMPI_COMM_WORLD|PMI)_RANK=/.test(line) && line.endsWith(`=${rank}`),
        );
      } catch {
        return false; // it has ended meanwhile, or is none
      }
    });
}

const folder = await mkdtemp(join(tmpdir(), 'fbsd-mpi-kill-'));
const pictures = join(folder, 'pictures');
const settings = [...settingsOf(pictures), '--epochs', '2'];
let failures = 0;
let longest = 0;
try {
  await ensureMini(DATASETS.cub.mini, pictures, { trainPerClass: 4, testPerClass: 1 });
  const whole = join(folder, 'whole');
  const started = performance.now();
  const undisturbed = await job([...settings, '--out', whole]);
  if (undisturbed.code !== 0) throw new Error(undisturbed.output);
  let duration = performance.now() - started;
  const expected = await outcomeOf(whole);
  console.log(`undisturbed: ${(duration / 1000).toFixed(1)} s`);

  let killed = 0;
  for (let run = 1; killed < kills; run++) {
    const directory = join(folder, `run-${run}`);
    let here = 0;
    for (let ended = false; !ended; ) {
      const begun = existsSync(join(directory, 'config.json'));
      const args = begun ? ['--resume', '--out', directory] : [...settings, '--out', directory];
      const again = here < KILLS_PER_RUN && killed < kills;
      const rank = killed % processes;
      const after = 500 + Math.random() * duration * 0.9;
      const { code, took, output } = await job(args, again ? { rank, after } : undefined);
      if (took === null) {
        if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
        ended = true;
        if (again) duration *= 0.8; // aim earlier after a miss
        continue;
      }
      if (code === 0) throw new Error(`a killed job ended well:\n${output}`);
      if (!names(output, rank)) throw new Error(`nothing says that rank ${rank} died:\n${output}`);
      longest = Math.max(longest, took);
      here++;
      killed++;
    }
    const same = (await outcomeOf(directory)) === expected;
    if (!same) failures++;
    console.log(`run ${run}: killed ${here} times, then ${same ? 'the same' : 'NOT the same'}`);
    await rm(directory, { recursive: true });
  }
  console.log(`${killed} kills, ${failures} runs that came out differently`);
  console.log(`the job ended at most ${(longest / 1000).toFixed(1)} s after a kill`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
