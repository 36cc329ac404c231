// The program `fbsd`, asked to end when it says that a step is done. Usage: node stop-at-step.js STEP train [flags]
import process from 'node:process';

const [step] = process.argv.splice(2, 1);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (/** @type {string} */ text) => {
  const written = write(text);
  if (text.includes(`  step ${step} `)) process.emit('SIGTERM', 'SIGTERM');
  return written;
};
await import('../../dist/main.js');
