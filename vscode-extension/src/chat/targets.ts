/** What a slash command names to work on. Pure. */

/** The place that a command works on, if it names one with an `@` right behind it, and the rest. */
export function parted(said: string): { readonly target: string | null; readonly rest: string } {
  const named = /^@(\S+)(?:\s+|$)/.exec(said);
  if (named?.[1] === undefined || ["selection", "diff"].includes(named[1])) {
    return { target: null, rest: said.replace(/^@selection(?:\s+|$)/, "") };
  }
  return { target: named[1], rest: said.slice(named[0].length) };
}
