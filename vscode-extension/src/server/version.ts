/** Versions of the server: reading what `assist --version` prints, and whether this extension can work with it. */

/** The oldest server that speaks this extension's protocol. */
export const OLDEST_SERVER = "0.1.0";

/** Read the version out of what `assist --version` prints; null if that is another program. */
export function versionIn(output: string): string | null {
  return /^assist,? (?:version )?(\d+\.\d+(?:\.\d+)?\S*)\s*$/m.exec(output)?.[1] ?? null;
}

/** Whether this extension can work with a server of that version. */
export function isSupported(version: string): boolean {
  const [have, need] = [numbers(version), numbers(OLDEST_SERVER)];
  for (let place = 0; place < need.length; place++) {
    const difference = (have[place] ?? 0) - (need[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbers(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10) || 0);
}
