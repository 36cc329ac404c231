// A Worker that runs the program with what it is sent.
import { runProgram } from './program.js';

addEventListener('message', async ({ data }) => postMessage(await runProgram(data)));
