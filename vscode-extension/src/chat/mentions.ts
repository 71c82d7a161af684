/** What can be named after an `@` in a question: open files first, then files, folders and symbols by name. */

import * as path from "node:path";
import * as vscode from "vscode";

import type { Offer } from "./messages";
import { MOST_OFFERS, offersFor, type Symbol } from "./offers";

/** What nobody asks about; the server leaves it out in its own way. */
const LEFT_OUT = "**/{.git,.venv,venv,node_modules,__pycache__,target,dist,build}/**";
/** Symbols are looked up for words that are not too common. */
const LEAST_LETTERS = 2;
/** So long files wait for symbols, which other extensions tell of, too. */
const PATIENCE_MS = 400;

/** Return what fits a beginning. */
export async function mentions(prefix: string): Promise<Offer[]> {
  const soon = new Promise<Symbol[]>((done) => setTimeout(() => done([]), PATIENCE_MS));
  const [files, symbols] = await Promise.all([filesLike(prefix), Promise.race([symbolsLike(prefix), soon])]);
  return offersFor(prefix, { special: special(), open: openFiles(), files, symbols });
}

function special(): Offer[] {
  return [
    { insert: "@selection", label: "@selection", detail: vscode.l10n.t("what is selected in the editor") },
    { insert: "@diff", label: "@diff", detail: vscode.l10n.t("what has changed since the last commit") },
    { insert: "@commit:HEAD", label: "@commit:HEAD", detail: vscode.l10n.t("a commit, by its name") },
  ];
}

function openFiles(): string[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? relative(input.uri) : []));
}

async function filesLike(prefix: string): Promise<string[]> {
  if (prefix === "") return [];
  const letters = prefix.replace(/[^\w./-]/g, "?");
  const globs = letters.includes("/") ? [`**/${letters}*`] : [`**/*${letters}*`, `**/*${letters}*/*`];
  const found = await Promise.all(
    globs.map((glob) => vscode.workspace.findFiles(glob, LEFT_OUT, MOST_OFFERS)),
  );
  return found.flat().flatMap(relative);
}

async function symbolsLike(prefix: string): Promise<Symbol[]> {
  if (prefix.length < LEAST_LETTERS || prefix.includes("/")) return [];
  const found = await vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
    "vscode.executeWorkspaceSymbolProvider",
    prefix,
  );
  return (found ?? []).slice(0, 2 * MOST_OFFERS).map(({ name, kind, location }) => ({
    name: name.replace(/\(.*$/, ""),
    detail: `${vscode.SymbolKind[kind].toLowerCase()}, ${vscode.workspace.asRelativePath(location.uri, false)}`,
  }));
}

function relative(uri: vscode.Uri): string[] {
  const found = vscode.workspace.asRelativePath(uri, false);
  return path.isAbsolute(found) ? [] : [found];
}
