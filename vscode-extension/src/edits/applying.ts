/**
 * Where a block of code of an answer goes: over the definition that it is another version of, in the file in front or in
 * the only one of the workspace that has it; over what is selected; else at the cursor.
 */

import * as vscode from "vscode";

import { definedName } from "./proposal";
import type { Reviews } from "./reviews";

interface Place {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
}

/** Propose a block of code as a change. */
export async function proposeCode(reviews: Reviews, code: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const selection = editor?.selection;
  if (editor && selection && !selection.isEmpty) {
    await reviews.propose(editor.document, selection, code.trimEnd());
    return;
  }
  const name = definedName(code);
  const defined = name === null ? null : await definition(editor?.document, name);
  if (defined !== null) {
    const { document, range } = defined;
    const lines = new vscode.Range(
      range.start.line,
      0,
      range.end.line,
      document.lineAt(range.end.line).text.length,
    );
    const indent = /^[ \t]*/.exec(document.lineAt(range.start.line).text)?.[0] ?? "";
    await reviews.propose(document, lines, indented(code.trimEnd(), indent));
  } else if (editor && selection) {
    const line = new vscode.Position(selection.active.line, 0);
    await reviews.propose(
      editor.document,
      new vscode.Range(line, line),
      code.endsWith("\n") ? code : `${code}\n`,
    );
  } else throw new Error(vscode.l10n.t("No file is open to apply the code to."));
}

/** Give code the indentation of the place that it goes to, if it has none of its own. */
function indented(code: string, indent: string): string {
  if (/^[ \t]/.test(code)) return code;
  return code.replace(/^(?=.)/gm, indent);
}

/** Find the one definition of a name: in a document, else in the workspace. */
async function definition(document: vscode.TextDocument | undefined, name: string): Promise<Place | null> {
  const here = document ? await definitionIn(document, name) : null;
  if (here !== null) return here;
  const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    "vscode.executeWorkspaceSymbolProvider",
    name,
  );
  const files = new Set(
    (symbols ?? [])
      .filter((symbol) => bare(symbol.name) === name)
      .map(({ location }) => location.uri.toString()),
  );
  const [only] = files;
  if (only === undefined || files.size > 1) return null;
  return definitionIn(await vscode.workspace.openTextDocument(vscode.Uri.parse(only, true)), name);
}

async function definitionIn(document: vscode.TextDocument, name: string): Promise<Place | null> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    "vscode.executeDocumentSymbolProvider",
    document.uri,
  );
  const all = (list: readonly vscode.DocumentSymbol[]): vscode.DocumentSymbol[] =>
    list.flatMap((symbol) => [symbol, ...all(symbol.children)]);
  const fitting = all(symbols ?? []).filter((symbol) => bare(symbol.name) === name);
  // Two providers may tell of the same definition.
  const ranges = new Map(fitting.map(({ range }) => [`${range.start.line}:${range.end.line}`, range]));
  const [range] = ranges.values();
  return range !== undefined && ranges.size === 1 ? { document, range } : null;
}

/** A symbol's name without its parameters and what it lies in. */
function bare(name: string): string {
  return name.replace(/\(.*$/, "").replace(/^.*[.:#]/, "");
}
