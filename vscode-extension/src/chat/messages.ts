/** What the chat's page and the extension say to each other. */

import type { AnswerEvent, Checked, CopyNote, EditProposal, Hit, Range, RecipeFinding } from "../protocol";

/** How a turn fares. */
export type TurnState = "answering" | "done" | "stopped" | "failed";

/** How a turn ended. */
export interface Outcome {
  /** The whole text; what the events said, joined, where there were any. */
  readonly text: string;
  readonly passages: readonly Hit[];
  readonly findings: readonly RecipeFinding[];
  readonly notes: readonly string[];
  readonly checked: Checked | null;
  /** What was sent where, in a few words. */
  readonly summary: string;
  readonly model: string;
  /** A change that waits to be looked at. */
  readonly edit: EditProposal | null;
  /** Passages of the answer's code that are copied. */
  readonly copies: readonly CopyNote[];
}

/** A question and what came of it. */
export interface Turn {
  readonly id: number;
  readonly question: string;
  readonly events: readonly AnswerEvent[];
  readonly state: TurnState;
  readonly outcome: Outcome | null;
  /** Why it failed. */
  readonly error: string;
}

/** Something that can be put into the question. */
export interface Offer {
  /** What is put in, such as `@src/pool.py` or `/fix`. */
  readonly insert: string;
  readonly label: string;
  readonly detail: string;
}

/** What the page shows around the turns. */
export interface PageState {
  /** Who answers, as the user knows them. */
  readonly model: string;
  /** Why nothing can be asked now; empty if it can. */
  readonly unavailable: string;
  readonly recipes: readonly Offer[];
}

/** From the extension to the page. */
export type ToPage =
  | { readonly type: "state"; readonly state: PageState }
  | { readonly type: "turns"; readonly turns: readonly Turn[] }
  | { readonly type: "turn"; readonly turn: Turn }
  | { readonly type: "events"; readonly id: number; readonly events: readonly AnswerEvent[] }
  | { readonly type: "offers"; readonly sequence: number; readonly offers: readonly Offer[] }
  /** The cursor goes into the field; a text takes the place of what is there. */
  | { readonly type: "compose"; readonly text: string | null };

/** From the page to the extension. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "ask"; readonly text: string }
  | { readonly type: "retry"; readonly id: number }
  | { readonly type: "stop" }
  | { readonly type: "open"; readonly uri: string; readonly range: Range }
  | { readonly type: "browse"; readonly url: string }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "apply"; readonly text: string }
  | { readonly type: "review"; readonly id: number }
  | { readonly type: "compare"; readonly copy: CopyNote; readonly code: string }
  | { readonly type: "compareChange"; readonly id: number; readonly place: number }
  | { readonly type: "chooseModel" }
  | { readonly type: "preview"; readonly question: string }
  | { readonly type: "mention"; readonly sequence: number; readonly prefix: string };
