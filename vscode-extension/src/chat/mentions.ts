/** What can be named after an `@` in a question: open files first, then files by name, and what else a model can be given. */

import * as path from "node:path";
import * as vscode from "vscode";

import type { Offer } from "./messages";

const MOST = 12;

/** Return what fits a beginning. */
export async function mentions(prefix: string): Promise<Offer[]> {
  const special: Offer[] = [
    { insert: "@selection", label: "@selection", detail: vscode.l10n.t("what is selected in the editor") },
    { insert: "@diff", label: "@diff", detail: vscode.l10n.t("what has changed since the last commit") },
  ];
  const fitting = special.filter(({ label }) => label.startsWith(`@${prefix}`));
  const files = new Map<string, Offer>();
  const add = (uri: vscode.Uri): void => {
    const relative = vscode.workspace.asRelativePath(uri, false);
    if (!path.isAbsolute(relative)) files.set(relative, offered(relative));
  };
  for (const { input } of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
    if (input instanceof vscode.TabInputText && input.uri.path.toLowerCase().includes(prefix.toLowerCase())) {
      add(input.uri);
    }
  }
  if (prefix !== "" && files.size < MOST) {
    const letters = prefix.replace(/[^\w./-]/g, "?");
    const glob = letters.includes("/") ? `**/${letters}*` : `**/*${letters}*`;
    for (const uri of await vscode.workspace.findFiles(glob, undefined, MOST)) add(uri);
  }
  return [...fitting, ...files.values()].slice(0, MOST);
}

function offered(relative: string): Offer {
  return { insert: `@${relative}`, label: path.posix.basename(relative), detail: relative };
}
