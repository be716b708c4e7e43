/** Parts of a deadline; what came in meanwhile is read between one and the next. */
const parts = 8;

/**
 * Calls `expire` after that many milliseconds, in parts: a process that got no CPU for a while has waited
 * through one part only, so that a busy machine is not taken for a peer that does not answer.
 * @returns ends the wait early
 */
export function startDeadline(milliseconds: number, expire: () => void): () => void {
  let left = parts;
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(() => {
      left -= 1;
      if (left === 0) expire();
      else wait();
    }, milliseconds / parts);
  };
  wait();
  return () => clearTimeout(timer);
}
