/**
 * Gives the memory of a buffer back at once, where the garbage collector of a browser would leave it for minutes: the buffer
 * goes along with a message that nobody gets. Views of it are empty then.
 */
export function giveBack(buffer: ArrayBufferLike): void {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(null, [buffer as ArrayBuffer]);
  port1.close();
  port2.close();
}
