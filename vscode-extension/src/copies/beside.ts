/** Copied code: the passage and its source, side by side. */

import * as vscode from "vscode";

/** The server's command that opens a source; here it opens beside the passage. */
export const SHOW_SOURCE = "assist.copies.showSource";

interface Source {
  readonly uri: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** Shows passages and their sources. */
export class CopiesBeside implements vscode.Disposable {
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("diffEditor.insertedLineBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorWarning.foreground"),
  });

  /** Show the source that a code action names, beside the editor in front. */
  async show(source: Source): Promise<void> {
    const passage = vscode.window.activeTextEditor;
    const found = passage && copyAt(passage);
    const lines = new vscode.Range(source.startLine - 1, 0, source.endLine - 1, 0);
    const editor = await vscode.window.showTextDocument(vscode.Uri.parse(source.uri, true), {
      viewColumn: vscode.ViewColumn.Beside,
      selection: new vscode.Range(lines.start, lines.start),
      preview: true,
    });
    editor.setDecorations(this.mark, [lines]);
    editor.revealRange(lines, vscode.TextEditorRevealType.AtTop);
    if (passage && found) {
      passage.setDecorations(this.mark, [found.range]);
      passage.revealRange(found.range, vscode.TextEditorRevealType.AtTop);
    }
  }

  /** Show the source of the copy at the cursor. */
  async showAtCursor(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const found = editor && copyAt(editor);
    if (!editor || !found) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("assist: no copied code is marked at the cursor."),
      );
      return;
    }
    const actions = await vscode.commands.executeCommand<(vscode.CodeAction | vscode.Command)[]>(
      "vscode.executeCodeActionProvider",
      editor.document.uri,
      found.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const command = actions
      .map((action) => (typeof action.command === "string" ? (action as vscode.Command) : action.command))
      .find((item) => item?.command === SHOW_SOURCE);
    if (command === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("assist: the source is not on this machine; the mark's text names it."),
      );
      return;
    }
    await this.show((command.arguments as [Source])[0]);
  }

  dispose(): void {
    this.mark.dispose();
  }
}

function copyAt(editor: vscode.TextEditor): vscode.Diagnostic | undefined {
  return vscode.languages
    .getDiagnostics(editor.document.uri)
    .find(({ source, range }) => source === "assist" && range.intersection(editor.selection) !== undefined);
}
