/** The results view: what a search found, by file, with the lines that decide and why. */

import * as vscode from "vscode";

import { toRange } from "../places";
import type { Hit, ShownLine } from "../protocol";
import { messageOf, request } from "../server/requests";
import type { Session } from "../server/session";

type Node =
  | { readonly kind: "hit"; readonly hit: Hit }
  | { readonly kind: "line"; readonly hit: Hit; readonly line: ShownLine };

/** Shows the results of one search. */
export class ResultsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  static readonly id = "assist.results";

  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<Node>;
  private hits: readonly Hit[] = [];
  private query = "";

  constructor(private readonly session: Session) {
    this.tree = vscode.window.createTreeView<Node>(ResultsView.id, { treeDataProvider: this });
  }

  /** Search, and show what is found. */
  async search(query: string): Promise<void> {
    const client = this.session.orTell();
    if (client === null) return;
    this.query = query;
    await vscode.commands.executeCommand(`${ResultsView.id}.focus`);
    try {
      const found = await vscode.window.withProgress({ location: { viewId: ResultsView.id } }, (_, token) =>
        request(client, "assist/search", { query }, token),
      );
      this.hits = found.results;
      this.tree.description = query;
      const count = vscode.l10n.t("{0} found in {1} files", found.results.length, found.files);
      this.tree.message = [count, ...found.notes].join(" · ");
    } catch (error) {
      this.hits = [];
      this.tree.message = messageOf(error);
    }
    this.changed.fire(undefined);
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

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.hits.map((hit) => ({ kind: "hit", hit }));
    if (node.kind === "line") return [];
    return node.hit.lines.map((line) => ({ kind: "line", hit: node.hit, line }));
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === "hit" ? hitItem(node.hit) : lineItem(node.hit, node.line);
  }

  dispose(): void {
    this.tree.dispose();
    this.changed.dispose();
  }
}

function hitItem(hit: Hit): vscode.TreeItem {
  const item = new vscode.TreeItem(
    `${hit.path}:${hit.target.start.line + 1}`,
    hit.lines.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  item.description = [hit.name, hit.reason].filter(Boolean).join(" · ");
  item.tooltip = `${hit.path}\n${hit.reason}`;
  item.resourceUri = vscode.Uri.parse(hit.uri, true);
  item.iconPath = vscode.ThemeIcon.File;
  item.command = opening(hit.uri, toRange(hit.target));
  return item;
}

function lineItem(hit: Hit, { line, text, matches }: ShownLine): vscode.TreeItem {
  const shift = text.length - text.trimStart().length;
  const label = text.trim() || " ";
  const highlights = (matches ?? [])
    .map(({ start, end }): [number, number] => [
      Math.max(0, start - shift),
      Math.min(end - shift, label.length),
    ])
    .filter(([start, end]) => start < end);
  const item = new vscode.TreeItem({ label, highlights });
  item.description = String(line + 1);
  item.accessibilityInformation = { label: `${line + 1}: ${label}` };
  item.command = opening(hit.uri, new vscode.Range(line, 0, line, 0));
  return item;
}

function opening(uri: string, selection: vscode.Range): vscode.Command {
  return {
    command: "vscode.open",
    title: vscode.l10n.t("Open"),
    arguments: [
      vscode.Uri.parse(uri, true),
      { selection, preserveFocus: true } satisfies vscode.TextDocumentShowOptions,
    ],
  };
}
