/**
 * Whether a hand rests, by how it types: longer than it usually takes from key to key. Pure.
 *
 * The server waits by the same rule before it asks a model (`assistant/completion/timing.py`).
 */

const FACTOR = 1.5;
const LEAST_MS = 100;
const MOST_MS = 400;
/** Between the keys of a practised typist; used until the user's own are known. */
const FIRST_INTERVAL_MS = 150;
/** A longer interval is thinking, not typing. */
const PAUSE_MS = 2_000;
/** One key may be reported as several changes. */
const SAME_KEY_MS = 15;
const KEPT = 20;
/** At the beginning of a line the user more often waits for a suggestion than types on. */
const LINE_START_SHARE = 0.5;

/** Learns from keys. Times are milliseconds of a clock that the caller reads. */
export class Rhythm {
  private readonly intervals: number[] = [];
  private last = -Infinity;

  /** A key was pressed. */
  typed(nowMs: number): void {
    const interval = nowMs - this.last;
    if (interval < SAME_KEY_MS) return;
    this.last = nowMs;
    if (interval < PAUSE_MS && this.intervals.push(interval) > KEPT) this.intervals.shift();
  }

  /** Something else happened than typing: there is nothing to wait for. */
  ended(): void {
    this.last = -Infinity;
  }

  /** Return the milliseconds since the last key. */
  sinceMs(nowMs: number): number {
    return nowMs - this.last;
  }

  /** Return the milliseconds until the hand rests if no key comes; 0 if it does. */
  untilRestMs(nowMs: number, atLineStart: boolean): number {
    const sorted = [...this.intervals].sort((one, other) => one - other);
    const usual = sorted[Math.floor(sorted.length / 2)] ?? FIRST_INTERVAL_MS;
    const wanted = usual * FACTOR * (atLineStart ? LINE_START_SHARE : 1);
    return Math.max(0, Math.min(MOST_MS, Math.max(LEAST_MS, wanted)) - this.sinceMs(nowMs));
  }
}
