/** Opening lines of files. */

import * as vscode from "vscode";

import type { Range } from "./protocol";

/** Make the editor's range of the protocol's. */
export function toRange(range: Range): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

/** Open lines of a document; the cursor goes to the first of them. */
export async function openPlace(
  uri: string,
  range: Range,
  preserveFocus = false,
  column?: vscode.ViewColumn,
): Promise<void> {
  const selection = toRange(range);
  const editor = await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), {
    selection: new vscode.Range(selection.start, selection.start),
    preserveFocus,
    viewColumn: column ?? vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active,
  });
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
