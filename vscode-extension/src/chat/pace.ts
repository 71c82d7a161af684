/**
 * How often an answer grows on its page. Pure.
 *
 * The page may share a thread with the editor, and always shares the machine: each time it is drawn, a key that is pressed
 * then is seen later. So words that come fast go together, and most of all while somebody types.
 */

const EVERY_MS = 100;
const EVERY_WHILE_TYPING_MS = 1_000;

/** Says when the page may be drawn again; the first words need not wait. */
export class Pace {
  private drawnAtMs = -Infinity;

  /** The page is drawn now. */
  drawn(nowMs: number): void {
    this.drawnAtMs = nowMs;
  }

  /** Return the milliseconds until it may be drawn again. */
  waitMs(nowMs: number, isTyping: boolean): number {
    return Math.max(0, this.drawnAtMs + (isTyping ? EVERY_WHILE_TYPING_MS : EVERY_MS) - nowMs);
  }
}
