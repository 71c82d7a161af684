/** The two passages of a copy as texts, and their names. Pure. */

import type { CopyNote } from "../protocol";

/** Two passages to look at side by side. */
export interface Passages {
  readonly note: CopyNote;
  /** The copied lines, as they stand in the user's text. */
  readonly text: string;
  /** What the user's text is called, such as `src/util/batch.py`. */
  readonly name: string;
}

/** Return lines of a text, counted from 1, the last one included; those that it does not have are left out. */
export function linesOf(text: string, first: number, last: number): string {
  return text
    .split(/\r?\n/)
    .slice(Math.max(0, first - 1), Math.max(0, last))
    .join("\n");
}

/** Name both passages: the source's with its licence, and the user's. */
export function titleOf({ note, name }: Passages): string {
  const source = `${note.source}, ${note.path}:${note.sourceStartLine}-${note.sourceEndLine}`;
  const licence = note.licence === "NOASSERTION" ? "" : ` (${note.licence})`;
  return `${source}${licence} ↔ ${name}:${note.startLine}-${note.endLine}`;
}

/** A name whose ending tells the language: the user's text may have none, as an answer; then it is the source's. */
export function nameWithEnding({ note, name }: Passages): string {
  return /\.\w+$/.test(name) ? name : name + (/\.\w+$/.exec(note.path)?.[0] ?? "");
}

/** Whether something that came with a diagnostic is a note on a copy. */
export function isNote(data: unknown): data is CopyNote {
  return typeof data === "object" && data !== null && "sourceStartLine" in data && "verdict" in data;
}
