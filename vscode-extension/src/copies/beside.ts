/**
 * Copied code: the passage and its source side by side, in a diff editor that shows what was changed; and the source's
 * file, where it is on this disk.
 */

import * as vscode from "vscode";

import type { CopyNote } from "../protocol";
import { isNote, linesOf, nameWithEnding, titleOf, type Passages } from "./passage";

/** The server's command that opens a source; here it opens beside the passage. */
export const SHOW_SOURCE = "assist.copies.showSource";
/** Shows both passages; of the copy at the cursor, or of the one that is given. */
export const COMPARE = "assist.copies.beside";
const SCHEME = "assist-passage";

interface Source {
  readonly uri: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** A copy that is marked in a document. */
interface Marked {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly note: CopyNote;
}

/** Shows passages and their sources. */
export class CopiesBeside
  implements vscode.TextDocumentContentProvider, vscode.CodeActionProvider, vscode.Disposable
{
  private readonly mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("diffEditor.insertedLineBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorWarning.foreground"),
  });
  private readonly texts = new Map<string, string>();
  private readonly sources = new Map<string, Source>();
  private readonly listeners: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.listeners = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.texts.delete(uri.toString());
        this.sources.delete(uri.toString());
      }),
      vscode.languages.registerCodeActionsProvider([{ scheme: "file" }, { scheme: "untitled" }], this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Offer, on each mark of a copy, to look at both passages. */
  provideCodeActions(
    document: vscode.TextDocument,
    _: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => {
      const marked = markedBy(document.uri, diagnostic);
      if (marked === null) return [];
      const title = vscode.l10n.t("Compare with the source: {0}", marked.note.source);
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.command = { command: COMPARE, title, arguments: [marked] };
      return [action];
    });
  }

  /** Show both passages of a copy. */
  async compare(passages: Passages): Promise<void> {
    const { note, text } = passages;
    const theirs = note.text || (await fileLines(note));
    if (theirs === null) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          "assist: the source is not on this machine any more: {0}",
          `${note.source}, ${note.path}`,
        ),
      );
      return;
    }
    const left = this.kept(`${note.source}/${note.path}`, theirs);
    const right = this.kept(nameWithEnding(passages), text);
    if (note.uri) {
      const source = { uri: note.uri, startLine: note.sourceStartLine, endLine: note.sourceEndLine };
      this.sources.set(right.toString(), source);
    }
    await vscode.commands.executeCommand("vscode.diff", left, right, titleOf(passages), {
      preview: true,
      viewColumn: vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active,
    });
  }

  /** Show both passages of the copy that a code action is about, or of the one at the cursor. */
  async compareMarked(given?: unknown): Promise<void> {
    const marked = isMarked(given) ? given : await markedAtCursor();
    if (marked === null) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("assist: no copied code is marked at the cursor."),
      );
      return;
    }
    if (marked === undefined) return;
    const document = await vscode.workspace.openTextDocument(marked.uri);
    const [first, last] = [marked.range.start.line + 1, marked.range.end.line + 1];
    await this.compare({
      note: { ...marked.note, startLine: first, endLine: last },
      text: linesOf(document.getText(), first, last),
      name: vscode.workspace.asRelativePath(marked.uri),
    });
  }

  /** Open the file of the source whose passage is shown. */
  async openSource(): Promise<void> {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const source =
      input instanceof vscode.TabInputTextDiff ? this.sources.get(input.modified.toString()) : undefined;
    if (source === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("assist: the source's file is not on this machine; its passage is what is known."),
      );
    } else await this.show(source);
  }

  /** Show the source that a code action names, beside the editor in front. */
  async show(source: Source): Promise<void> {
    const lines = new vscode.Range(source.startLine - 1, 0, source.endLine - 1, 0);
    const editor = await vscode.window.showTextDocument(vscode.Uri.parse(source.uri, true), {
      viewColumn: vscode.ViewColumn.Beside,
      selection: new vscode.Range(lines.start, lines.start),
      preview: true,
    });
    editor.setDecorations(this.mark, [lines]);
    editor.revealRange(lines, vscode.TextEditorRevealType.AtTop);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.mark.dispose();
  }

  /** Keep a text to be shown; the name's ending tells its language. */
  private kept(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(++this.count) });
    this.texts.set(uri.toString(), `${text}\n`);
    return uri;
  }
}

/** Read the source's passage from its file; null if there is none. */
async function fileLines(note: CopyNote): Promise<string | null> {
  if (!note.uri) return null;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(note.uri, true));
    return linesOf(document.getText(), note.sourceStartLine, note.sourceEndLine);
  } catch {
    return null;
  }
}

/** What a diagnostic says of a copy; null if it says something else. */
function markedBy(uri: vscode.Uri, diagnostic: vscode.Diagnostic): Marked | null {
  const data: unknown = (diagnostic as vscode.Diagnostic & { data?: unknown }).data;
  if (diagnostic.source !== "assist" || !isNote(data)) return null;
  return { uri, range: diagnostic.range, note: data };
}

/** The copy at the cursor; null if there is none, undefined if the user chose none of several. */
async function markedAtCursor(): Promise<Marked | null | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return null;
  const { document, selection } = editor;
  const found = vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ range }) => range.intersection(selection) !== undefined)
    .flatMap((diagnostic) => markedBy(document.uri, diagnostic) ?? []);
  if (found.length < 2) return found[0] ?? null;
  const items = found.map((marked) => ({
    label: marked.note.source,
    description: `${marked.note.path}:${marked.note.sourceStartLine}-${marked.note.sourceEndLine}`,
    marked,
  }));
  const title = vscode.l10n.t("assist: compare with which source?");
  return (await vscode.window.showQuickPick(items, { title }))?.marked;
}

function isMarked(given: unknown): given is Marked {
  return typeof given === "object" && given !== null && "note" in given && isNote(given.note);
}
