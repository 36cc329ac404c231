/** Exit code of a program whose reader has gone: 128 and the number of SIGPIPE. */
const READER_GONE = 141;

/**
 * Lets the process end without a word when nobody reads its output any more, as after `| head`. A training, which
 * listens to Ctrl-C, ends as after that: with a checkpoint.
 */
export function endWithReader(): void {
  let gone = false;
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (gone) return;
    gone = true;
    if (!process.emit('SIGINT')) process.exit(READER_GONE);
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
}
