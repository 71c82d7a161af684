/** What the user has set, for the parts of the extension that the server does not see. */

import * as vscode from "vscode";

/** Settings that only this extension reads: the server is not told of them. */
export const OWN_SETTINGS: ReadonlySet<string> = new Set(["server", "languages"]);

/** The user's setting for the server's program; no workspace can decide it. */
export function configuredServer(): string {
  return vscode.workspace.getConfiguration("assist.server").get("path", "").trim();
}

/** Who answers, by the user's settings; requests name them, since the server reads changed settings a moment later. */
export function chosenModel(): { readonly backend: string | null; readonly model: string | null } {
  const chat = vscode.workspace.getConfiguration("assist.chat");
  return { backend: chat.get<string>("backend", "") || null, model: chat.get<string>("model", "") || null };
}

/** The setting `assist.languages` as it is for a document. */
export function languagesFor(document: vscode.TextDocument): Record<string, boolean> {
  return vscode.workspace.getConfiguration("assist", document).get("languages", {});
}
