/** Shows what would be sent with a question, before it is asked: a document that cannot be changed and need not be saved. */

import * as vscode from "vscode";

import { request } from "../server/requests";
import type { Session } from "../server/session";
import { chosenModel } from "../settings";
import { contextMarkdown } from "./exported";
import { currentSelection } from "./parameters";
import { strings } from "./strings";

const SCHEME = "assist-context";

/** Shows contexts. */
export class ContextPreview implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private text = "";

  constructor(private readonly session: Session) {}

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Show what would be sent with a question; asks for one if there is none. */
  async show(question: string, chatId: string | null): Promise<void> {
    const client = this.session.orTell();
    if (client === null) return;
    const asked =
      question.trim() ||
      (await vscode.window.showInputBox({
        title: vscode.l10n.t("assist: what would be sent with which question?"),
      }));
    if (!asked?.trim()) return;
    const params = { question: asked.trim(), selection: currentSelection(), chatId, ...chosenModel() };
    this.text = contextMarkdown(await request(client, "assist/context", params), strings());
    const uri = vscode.Uri.from({ scheme: SCHEME, path: "/context.md" });
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  dispose(): void {
    this.registered.dispose();
    this.changed.dispose();
  }
}
