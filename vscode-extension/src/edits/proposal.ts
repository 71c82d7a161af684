/** A change of one text that is taken or rejected hunk by hunk. Pure: offsets in, texts out. */

/** A part of a change, in offsets of the text before it. */
export interface Hunk {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** A change, and what has become of its parts. */
export class Proposal {
  private readonly taken = new Set<number>();
  private readonly rejected = new Set<number>();

  constructor(
    /** The text that the change was made for. */
    readonly base: string,
    /** The hunks, ascending. */
    readonly hunks: readonly Hunk[],
  ) {}

  /** The hunks about which nothing is decided. */
  get left(): readonly Hunk[] {
    return this.hunks.filter(({ index }) => !this.taken.has(index) && !this.rejected.has(index));
  }

  /** Note that hunks stand in the text now. */
  take(indexes: readonly number[]): void {
    for (const index of indexes) this.taken.add(index);
  }

  /** Note that a hunk is not wanted. */
  reject(index: number): void {
    this.rejected.add(index);
  }

  /** The text as it would be with everything that is left. */
  get proposed(): string {
    return this.pieces().text;
  }

  /** The text with the whole change, whatever was decided about it. */
  get complete(): string {
    return new Proposal(this.base, this.hunks).proposed;
  }

  /** The text as it is now if nobody else has changed it: with the hunks that were taken. */
  get expected(): string {
    let [text, at] = ["", 0];
    for (const { index, start, end, newText } of this.hunks) {
      if (!this.taken.has(index)) continue;
      text += this.base.slice(at, start) + newText;
      at = end;
    }
    return text + this.base.slice(at);
  }

  /** Hunks in offsets of the text as it is expected to be. */
  shifted(indexes: readonly number[]): Hunk[] {
    let shift = 0;
    const found: Hunk[] = [];
    for (const hunk of this.hunks) {
      const { index, start, end, newText } = hunk;
      if (this.taken.has(index)) shift += newText.length - (end - start);
      else if (indexes.includes(index)) found.push({ ...hunk, start: start + shift, end: end + shift });
    }
    return found;
  }

  /** The hunk that is left at an offset of the proposed text; the nearest one if none is there. */
  hunkAt(offset: number): Hunk | undefined {
    const { spans } = this.pieces();
    const distance = ({ start, end }: Span): number => Math.max(start - offset, offset - end, 0);
    return spans.filter(({ hunk }) => this.left.includes(hunk)).sort((a, b) => distance(a) - distance(b))[0]
      ?.hunk;
  }

  /** Where a hunk stands in the proposed text; null if it was rejected. */
  placeOf(index: number): { readonly start: number; readonly end: number } | null {
    return this.pieces().spans.find(({ hunk }) => hunk.index === index) ?? null;
  }

  /** The hunk that is left at or behind another one, else the first that is left: the one to decide about next. */
  nextAfter(index: number): Hunk | undefined {
    return this.left.find((hunk) => hunk.index > index) ?? this.left[0];
  }

  private pieces(): { text: string; spans: Span[] } {
    let text = "";
    let at = 0;
    const spans: Span[] = [];
    for (const hunk of this.hunks) {
      if (this.rejected.has(hunk.index)) continue;
      text += this.base.slice(at, hunk.start);
      spans.push({ hunk, start: text.length, end: text.length + hunk.newText.length });
      text += hunk.newText;
      at = hunk.end;
    }
    return { text: text + this.base.slice(at), spans };
  }
}

interface Span {
  readonly hunk: Hunk;
  readonly start: number;
  readonly end: number;
}

/** Where a definition of that name is likely to begin in code: what a language's keyword for it is followed by. */
const DEFINITION =
  /^[ \t]*(?:export |default |public |private |protected |static |async |pub )*(?:def|class|function|func|fn|interface|struct|enum|type|const|let|var)\s+(?:\([^)]*\)\s*)?(\w+)/m;

/** The name that a piece of code defines first; null if it defines none. */
export function definedName(code: string): string | null {
  return DEFINITION.exec(code)?.[1] ?? null;
}
