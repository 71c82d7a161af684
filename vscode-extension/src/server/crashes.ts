/** Decides whether a server that has ended unexpectedly is started again. Pure. */

const MOST = 4;
const WITHIN_MS = 3 * 60_000;

/** Counts crashes: so many within so short a time mean that another start does not help. */
export class Crashes {
  private times: number[] = [];

  /** Note a crash; return whether to start again. */
  happened(nowMs: number): boolean {
    this.times = this.times.filter((time) => nowMs - time < WITHIN_MS);
    this.times.push(nowMs);
    return this.times.length < MOST;
  }

  /** Forget, since the user wants another start. */
  forget(): void {
    this.times = [];
  }
}
