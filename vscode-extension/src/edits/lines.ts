/** Parts a replacement into hunks of lines, so that each can be decided about by itself. Pure. */

import type { Hunk } from "./proposal";

/** More pairs of lines than this are not compared: the replacement is one hunk then. */
const MOST_PAIRS = 4_000_000;

/** Part the replacement of `base` from `start` to `end` into hunks, ascending; none if it changes nothing. */
export function hunksOf(base: string, start: number, end: number, newText: string): Hunk[] {
  const before = linesOf(base.slice(start, end));
  const after = linesOf(newText);
  const hunks: Hunk[] = [];
  const offsets = [start];
  for (const line of before) offsets.push((offsets.at(-1) ?? 0) + line.length);
  const offset = (line: number): number => offsets[line] ?? end;
  for (const { from, to, newFrom, newTo } of changes(before, after)) {
    const text = after.slice(newFrom, newTo).join("");
    hunks.push({ index: hunks.length, start: offset(from), end: offset(to), newText: text });
  }
  return hunks;
}

interface Change {
  readonly from: number;
  readonly to: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** Lines with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function changes(before: readonly string[], after: readonly string[]): Change[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let [end, newEnd] = [before.length, after.length];
  while (end > head && newEnd > head && before[end - 1] === after[newEnd - 1])
    [end, newEnd] = [end - 1, newEnd - 1];
  if (end === head && newEnd === head) return [];
  if ((end - head) * (newEnd - head) > MOST_PAIRS)
    return [{ from: head, to: end, newFrom: head, newTo: newEnd }];
  return compared(before.slice(head, end), after.slice(head, newEnd)).map((change) => ({
    from: change.from + head,
    to: change.to + head,
    newFrom: change.newFrom + head,
    newTo: change.newTo + head,
  }));
}

/** Compare by the longest common subsequence. */
function compared(before: readonly string[], after: readonly string[]): Change[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const found: Change[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [from, newFrom] = [i, j];
    while ((i < before.length || j < after.length) && (i >= before.length || before[i] !== after[j])) {
      if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1))) i++;
      else j++;
    }
    if (i > from || j > newFrom) found.push({ from, to: i, newFrom, newTo: j });
    while (i < before.length && before[i] === after[j]) [i, j] = [i + 1, j + 1];
  }
  return found;
}
