/** Where and when code is suggested: not while suggestions are snoozed, nor in languages that the user has switched off. */

import * as vscode from "vscode";

import { languagesFor } from "../settings";
import { suggestsIn } from "./languages";

/** Decides whether the server is asked for suggestions. */
export class SuggestionFilter implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when a snooze begins or ends. */
  readonly onDidChange = this.changed.event;

  private until = 0;
  private timer: NodeJS.Timeout | undefined;

  /** Whether code may be suggested in a document now. */
  allows(document: vscode.TextDocument): boolean {
    return !this.isSnoozed && suggestsIn(languagesFor(document), document.languageId);
  }

  /** Whether suggestions are snoozed. */
  get isSnoozed(): boolean {
    return Date.now() < this.until;
  }

  /** When the snooze ends. */
  get snoozedUntil(): Date {
    return new Date(this.until);
  }

  /** Suggest nothing for some minutes; 0 ends a snooze. */
  snooze(minutes: number): void {
    clearTimeout(this.timer);
    this.until = minutes > 0 ? Date.now() + minutes * 60_000 : 0;
    if (minutes > 0) this.timer = setTimeout(() => this.snooze(0), minutes * 60_000);
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }
}

/** Ask how long, and suggest nothing until then; ends a snooze that is under way. */
export async function snooze(filter: SuggestionFilter): Promise<void> {
  if (filter.isSnoozed) {
    filter.snooze(0);
    return;
  }
  const choices = [5, 15, 30, 60].map((minutes) => ({
    label: vscode.l10n.t("{0} minutes", minutes),
    minutes,
  }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t("assist: snooze suggestions for"),
  });
  if (chosen !== undefined) filter.snooze(chosen.minutes);
}

/** Switch suggestions on or off for the language of the document that is open. */
export async function toggleLanguage(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) return;
  const languages = languagesFor(document);
  const on = !suggestsIn(languages, document.languageId);
  await vscode.workspace
    .getConfiguration("assist", document)
    .update("languages", { ...languages, [document.languageId]: on }, vscode.ConfigurationTarget.Global);
  const said = on
    ? vscode.l10n.t("assist: suggestions in {0} are on", document.languageId)
    : vscode.l10n.t("assist: suggestions in {0} are off", document.languageId);
  vscode.window.setStatusBarMessage(said, 4000);
}
