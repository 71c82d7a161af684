/**
 * How often an answer grows on its page.
 *
 * The page may share a thread with the editor, and always shares the machine: each time it is drawn, a key that is pressed
 * then is seen later. So words that come fast go together, and most of all while somebody types.
 */

import * as vscode from "vscode";

const EVERY_MS = 100;
const EVERY_WHILE_TYPING_MS = 500;
/** How long after a key somebody still counts as typing. */
const TYPING_MS = 1_000;

/** Says when the page may be drawn again; the first words need not wait. */
export class Pace implements vscode.Disposable {
  private drawnAt = 0;
  private typedAt = 0;
  private readonly listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document.uri.scheme !== "output" && contentChanges.length > 0) this.typedAt = Date.now();
  });

  /** The page is drawn now. */
  drawn(): void {
    this.drawnAt = Date.now();
  }

  /** Milliseconds until it may be drawn again. */
  waitMs(): number {
    const now = Date.now();
    const every = now - this.typedAt < TYPING_MS ? EVERY_WHILE_TYPING_MS : EVERY_MS;
    return Math.max(0, this.drawnAt + every - now);
  }

  dispose(): void {
    this.listener.dispose();
  }
}
