/** The light bulb's entry for changing a selection as one says; the others come from the server, which cannot ask how. */

import * as vscode from "vscode";

/** Offers to edit what is selected. */
export class EditAction implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.RefactorRewrite];

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    // A lamp on every line that the cursor comes to would be a nuisance; who asks, or selects, gets it.
    const isAsked = context.triggerKind === vscode.CodeActionTriggerKind.Invoke;
    if (range.isEmpty && !isAsked) return [];
    if (vscode.workspace.getWorkspaceFolder(document.uri) === undefined) return [];
    const title = vscode.l10n.t("Edit as You Say...");
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
    action.command = { command: "assist.edit", title };
    return [action];
  }
}
