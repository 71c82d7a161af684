/**
 * Asks for ghost text when the hand rests, never while it types.
 *
 * The editor asks at each key, and shows that it waits for an answer: while somebody types it is told at once that there is
 * nothing, and made to ask anew when no key has come for a while. A suggestion that is typed through is told again as far as
 * it is left, without the server.
 */

import * as vscode from "vscode";

import type { Typing } from "../typing/typing";

type Items = vscode.InlineCompletionItem[] | vscode.InlineCompletionList;
type Ask = (
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.InlineCompletionContext,
  token: vscode.CancellationToken,
) => vscode.ProviderResult<Items>;

/** What was suggested last, and where. */
interface Suggested {
  readonly document: vscode.TextDocument;
  readonly position: vscode.Position;
  /** What stands behind the cursor in its line. */
  readonly behind: string;
  readonly items: readonly vscode.InlineCompletionItem[];
}

/** Puts questions off. */
export class Resting implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private isAgain = false;
  private last: Suggested | null = null;

  constructor(private readonly typing: Typing) {}

  /** Ask now or later. */
  async provide(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
    ask: Ask,
  ): Promise<Items> {
    clearTimeout(this.timer);
    const { Automatic, Invoke } = vscode.InlineCompletionTriggerKind;
    const isAgain = this.isAgain && context.triggerKind === Invoke;
    if (isAgain) this.isAgain = false;
    else if (context.triggerKind === Automatic) {
      const left = this.left(document, position);
      if (left.length > 0) return left;
      const waitMs = this.typing.untilRestMs(isBlank(document, position));
      if (waitMs > 0) {
        this.askLater(document, position, waitMs);
        return [];
      }
    }
    const triggerKind = isAgain ? Automatic : context.triggerKind;
    const found = (await ask(document, position, { ...context, triggerKind }, token)) ?? [];
    if (!token.isCancellationRequested) {
      const items = Array.isArray(found) ? found : found.items;
      this.last = { document, position, behind: behind(document, position), items };
    }
    return found;
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  /** Return the last suggestions that what was typed since is the beginning of. */
  private left(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] {
    const { last } = this;
    if (last?.document !== document || position.line !== last.position.line) return [];
    const typed = position.character - last.position.character;
    if (typed <= 0 || last.behind !== behind(document, position)) return [];
    return last.items.flatMap(({ insertText, range, command }) => {
      if (range === undefined || typeof insertText !== "string") return [];
      const before = document.getText(new vscode.Range(range.start, position));
      if (before.length >= insertText.length || !insertText.startsWith(before)) return [];
      const longer = range.with(undefined, range.end.translate(0, range.isSingleLine ? typed : 0));
      return [new vscode.InlineCompletionItem(insertText, longer, command)];
    });
  }

  private askLater(document: vscode.TextDocument, position: vscode.Position, waitMs: number): void {
    const { version } = document;
    this.timer = setTimeout(() => {
      const editor = vscode.window.activeTextEditor;
      if (editor?.document !== document || document.version !== version) return;
      if (editor.selection.isEmpty && editor.selection.active.isEqual(position)) void this.askAgain();
    }, waitMs);
  }

  private async askAgain(): Promise<void> {
    this.isAgain = true;
    try {
      await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
    } finally {
      this.isAgain = false;
    }
  }
}

function isBlank(document: vscode.TextDocument, position: vscode.Position): boolean {
  return document.lineAt(position).firstNonWhitespaceCharacterIndex >= position.character;
}

function behind(document: vscode.TextDocument, position: vscode.Position): string {
  return document.lineAt(position).text.slice(position.character);
}
