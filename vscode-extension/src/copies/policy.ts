/** The copied-code policy of the workspace: the file that states it. */

import * as vscode from "vscode";

const FILE = "assist.toml";
/** What counts where nothing is said, to begin with. */
const DRAFT = `[copies]
allow = ["permissive"]
review = ["weak-copyleft"]
deny = ["strong-copyleft", "network-copyleft", "non-free"]
unknown = "review"
`;

/** Open the policy; where there is none, a draft of one that is saved when the user saves it. */
export async function openPolicy(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("assist: no folder is open that could state a policy."),
    );
    return;
  }
  const file = vscode.Uri.joinPath(folder.uri, FILE);
  try {
    await vscode.window.showTextDocument(file);
  } catch {
    const said = vscode.l10n.t("{0} does not exist: the default policy counts.", FILE);
    const create = vscode.l10n.t("Create It");
    if ((await vscode.window.showInformationMessage(`assist: ${said}`, create)) !== create) return;
    const editor = await vscode.window.showTextDocument(file.with({ scheme: "untitled" }));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), DRAFT));
  }
}
