/** The results view: what a search found, by file, with the lines that decide and why. */

import * as path from "node:path";
import * as vscode from "vscode";

import { openPlace, toRange } from "../places";
import { messageOf, request } from "../server/requests";
import type { Session } from "../server/session";
import { iconOf } from "./icons";
import {
  childrenOf,
  neighbour,
  parentOf,
  treeOf,
  trimmed,
  type FileNode,
  type HitNode,
  type LineNode,
  type Node,
} from "./tree";

const HAS_RESULTS = "assist.hasResults";

/** Shows the results of one search. */
export class ResultsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  static readonly id = "assist.results";

  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Node>;
  private files: readonly FileNode[] = [];
  private query = "";
  private searches = 0;

  constructor(private readonly session: Session) {
    this.tree = vscode.window.createTreeView<Node>(ResultsView.id, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  /** Search, and show what is found. */
  async search(query: string): Promise<void> {
    const client = this.session.orTell();
    if (client === null) return;
    this.query = query;
    const mine = ++this.searches;
    await vscode.commands.executeCommand(`${ResultsView.id}.focus`);
    try {
      const found = await vscode.window.withProgress({ location: { viewId: ResultsView.id } }, (_, token) =>
        request(client, "assist/search", { query }, token),
      );
      if (mine !== this.searches) return; // another one was begun meanwhile
      const files = treeOf(found.results);
      const count = vscode.l10n.t(
        "{0} results in {1} of {2} files",
        found.results.length,
        files.length,
        found.files,
      );
      this.put(files, query, [files.length > 0 ? count : "", ...found.notes].filter(Boolean).join(" · "));
    } catch (error) {
      if (mine !== this.searches) return;
      this.put([], query, messageOf(error));
    }
    const first = this.files[0]?.hits[0];
    if (first) await this.tree.reveal(first, { select: true, focus: true });
  }

  /** Ask for a query, and show what it finds. */
  async ask(): Promise<void> {
    const query = await vscode.window.showInputBox({
      title: vscode.l10n.t("assist: search"),
      placeHolder: vscode.l10n.t('Names, words, "exact text", /regex/, lang:go, path:src, a stack trace'),
      value: this.query,
    });
    if (query?.trim()) await this.search(query.trim());
  }

  /** Search for the same again. */
  async again(): Promise<void> {
    if (this.query === "") await this.ask();
    else await this.search(this.query);
  }

  /** Forget the results. */
  clear(): void {
    this.put([], "", "");
  }

  /** Go to the next place, or to the one before; the editor shows it, the view keeps the keyboard. */
  async go(step: 1 | -1): Promise<void> {
    const node = neighbour(this.files, this.tree.selection[0], step);
    if (node === undefined) return;
    await this.tree.reveal(node, { select: true, focus: true });
    await openPlace(node.hit.uri, node.hit.target, true);
  }

  getChildren(node?: Node): Node[] {
    return [...(node === undefined ? this.files : childrenOf(node))];
  }

  getParent(node: Node): Node | undefined {
    return parentOf(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === "file") return fileItem(node);
    return node.kind === "hit" ? hitItem(node) : lineItem(node);
  }

  dispose(): void {
    this.tree.dispose();
    this.changed.dispose();
  }

  private put(files: readonly FileNode[], query: string, message: string): void {
    this.files = files;
    this.query = query;
    this.tree.description = query;
    this.tree.message = message;
    void vscode.commands.executeCommand("setContext", HAS_RESULTS, files.length > 0);
    this.changed.fire(undefined);
  }
}

function fileItem({ uri, path: name, hits }: FileNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.Uri.parse(uri, true), vscode.TreeItemCollapsibleState.Expanded);
  const folder = path.posix.dirname(name);
  item.label = path.posix.basename(name);
  item.description = folder === "." ? "" : folder;
  item.iconPath = vscode.ThemeIcon.File;
  item.tooltip = name;
  item.contextValue = "file";
  item.accessibilityInformation = { label: vscode.l10n.t("{0}, {1} results", name, hits.length) };
  return item;
}

function hitItem({ hit, lines }: HitNode): vscode.TreeItem {
  const state =
    lines.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None;
  const line = hit.target.start.line + 1;
  const label = hit.name || vscode.l10n.t("line {0}", line);
  const item = new vscode.TreeItem(label, state);
  item.description = hit.reason;
  item.iconPath = new vscode.ThemeIcon(iconOf(hit.kind));
  item.tooltip = `${hit.path}:${line}\n${hit.reason}`;
  item.contextValue = "hit";
  item.accessibilityInformation = { label: [label, `${hit.path}:${line}`, hit.reason].join(", ") };
  const { start } = toRange(hit.target);
  item.command = opening(hit.uri, new vscode.Range(start, start));
  return item;
}

function lineItem({ line, parent }: LineNode): vscode.TreeItem {
  const shown = trimmed(line);
  const item = new vscode.TreeItem(shown);
  item.description = String(line.line + 1);
  item.tooltip = line.text;
  item.contextValue = "line";
  item.accessibilityInformation = { label: `${line.line + 1}: ${shown.label}` };
  item.command = opening(parent.hit.uri, new vscode.Range(line.line, 0, line.line, 0));
  return item;
}

/** A click shows the place and leaves the keyboard where it is, Enter goes there: the editor's own command knows which. */
function opening(uri: string, selection: vscode.Range): vscode.Command {
  return {
    command: "vscode.open",
    title: vscode.l10n.t("Open"),
    arguments: [vscode.Uri.parse(uri, true), { selection } satisfies vscode.TextDocumentShowOptions],
  };
}

/** Name the lines of a place as a question does. */
export function mentionOf(node: unknown): string | null {
  if (typeof node !== "object" || node === null || !("kind" in node)) return null;
  const given = node as Node;
  if (given.kind === "file") return `@${given.path} `;
  const { hit } = given.kind === "hit" ? given : given.parent;
  const first = hit.range.start.line + 1;
  return `@${hit.path}:${first}-${Math.max(first, hit.range.end.line)} `;
}
