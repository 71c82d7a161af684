/**
 * Puts an answer's events together to one Markdown text in which what was checked has marks. Pure.
 *
 * A mark is the number of an event between two characters that no model's text can hold: they are taken out of it first.
 */

import type {
  AnswerEvent,
  CitationEvent,
  CopiedCodeEvent,
  FlaggedNameEvent,
  FlaggedQuotationEvent,
  UntrueCitationEvent,
} from "../protocol";

/** An event that is shown as more than its text. */
export type Marked =
  CitationEvent | UntrueCitationEvent | FlaggedNameEvent | FlaggedQuotationEvent | CopiedCodeEvent;

/** Markdown with marks. */
export interface Transcript {
  readonly source: string;
  readonly marks: readonly Marked[];
}

const MARK_BEGIN = "\uE000";
const MARK_END = "\uE001";
const RESERVED = /[\uE000\uE001]/g;
/** A mark, and the number of its event. */
export const MARK = /\uE000(\d+)\uE001/g;

/** Put events together. */
export function transcribe(events: readonly AnswerEvent[]): Transcript {
  const marks: Marked[] = [];
  let source = "";
  for (const event of events) {
    switch (event.kind) {
      case "text":
        source += event.text.replace(RESERVED, "");
        break;
      case "citation":
      case "untrueCitation":
      case "flaggedName":
        source += `${MARK_BEGIN}${marks.push(event) - 1}${MARK_END}`;
        break;
      case "flaggedQuotation":
      case "copiedCode":
        // It follows a block of code: a paragraph of its own.
        source += `\n\n${MARK_BEGIN}${marks.push(event) - 1}${MARK_END}\n\n`;
        break;
      case "nothingFound":
      case "context":
      case "passages":
      case "thinking":
        break;
    }
  }
  return { source, marks };
}

/** Replace marks by what the model wrote; for code, and for the clipboard. */
export function withoutMarks(text: string, marks: readonly Marked[]): string {
  return text.replace(MARK, (_, number: string) => {
    const mark = marks[Number(number)];
    return mark === undefined || !("text" in mark) ? "" : mark.text;
  });
}

/** Return the marks in a text that say something of a whole block of code; by their numbers. */
export function blockMarks(text: string, marks: readonly Marked[]): number[] {
  return [...text.matchAll(MARK)]
    .map(([, number]) => Number(number))
    .filter((number) => {
      const mark = marks[number];
      return mark !== undefined && !("text" in mark);
    });
}
