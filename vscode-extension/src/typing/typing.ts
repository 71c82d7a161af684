/** Who types, in the editors: what can wait then, waits. */

import * as vscode from "vscode";

import { Rhythm } from "./rhythm";

/** How long after a key somebody still counts as typing. */
const TYPING_MS = 1_000;
/** A change of more text is no key: something was pasted, or a suggestion accepted. */
const MOST_CHARS = 2;

/** Follows the keys in all editors. */
export class Typing implements vscode.Disposable {
  private readonly rhythm = new Rhythm();
  private readonly listening = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const [change] = contentChanges;
    if (change === undefined || document.uri.scheme === "output") return;
    // A new line brings its indentation along.
    if (change.text.trim().length <= MOST_CHARS) this.rhythm.typed(Date.now());
    else this.rhythm.ended();
  });

  /** Whether somebody is typing. */
  get isTyping(): boolean {
    return this.rhythm.sinceMs(Date.now()) < TYPING_MS;
  }

  /** Return the milliseconds until the hand rests if no key comes; 0 if it does. */
  untilRestMs(atLineStart: boolean): number {
    return this.rhythm.untilRestMs(Date.now(), atLineStart);
  }

  /** Wait until no key was pressed for some milliseconds; false if that was cancelled. */
  quiet(ms: number, token: vscode.CancellationToken): Promise<boolean> {
    return slept(ms - this.rhythm.sinceMs(Date.now()), token);
  }

  dispose(): void {
    this.listening.dispose();
  }
}

function slept(ms: number, token: vscode.CancellationToken): Promise<boolean> {
  if (token.isCancellationRequested || ms <= 0) return Promise.resolve(!token.isCancellationRequested);
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(true), ms);
    const cancelling = token.onCancellationRequested(() => done(false));
    const done = (rested: boolean): void => {
      clearTimeout(timer);
      cancelling.dispose();
      resolve(rested);
    };
  });
}
