/**
 * Changes that wait for the user: each is shown in the diff editor and taken or rejected there, whole or hunk by hunk.
 *
 * A change that the server proposes is made by the server (`assist/edit/apply`), which checks that the file is still the one
 * it was made for; one that is made here, of a block of code in an answer, by the editor.
 */

import * as vscode from "vscode";

import type { EditProposal, Position } from "../protocol";
import { messageOf, request } from "../server/requests";
import type { Session } from "../server/session";
import { definedName, Proposal } from "./proposal";

const SCHEME = "assist-proposal";

interface Review {
  readonly target: vscode.Uri;
  readonly shown: vscode.Uri;
  readonly proposal: Proposal;
  /** The server's name for it; null for one that is made here. */
  readonly id: string | null;
}

/** The changes that wait. */
export class Reviews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly reviews = new Map<string, Review>();
  private readonly listeners: vscode.Disposable[];
  private count = 0;
  private deciding: Promise<void> = Promise.resolve();

  constructor(private readonly session: Session) {
    this.listeners = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed)
          if (input instanceof vscode.TabInputTextDiff) this.forget(input.modified);
      }),
      vscode.commands.registerCommand("assist.edit.accept", () =>
        this.decide((review) => this.accept(review)),
      ),
      vscode.commands.registerCommand("assist.edit.reject", () =>
        this.decide((review) => this.close(review)),
      ),
      vscode.commands.registerCommand("assist.edit.acceptHunk", () =>
        this.decide(async (review, offset) => {
          const hunk = review.proposal.hunkAt(offset);
          if (hunk) await this.accept(review, hunk.index);
        }),
      ),
      vscode.commands.registerCommand("assist.edit.rejectHunk", () =>
        this.decide(async (review, offset) => {
          const hunk = review.proposal.hunkAt(offset);
          if (hunk) review.proposal.reject(hunk.index);
          await this.goOn(review);
        }),
      ),
    ];
  }

  /** The proposed text, for the right side of the diff editor. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.reviews.get(uri.toString())?.proposal.proposed ?? "";
  }

  /** Show a change that the server proposes. */
  async open(edit: EditProposal): Promise<void> {
    await this.show(vscode.Uri.parse(edit.uri, true), await proposalOf(edit), edit.id, edit.isNew);
  }

  /** Show a change that is made here. */
  async propose(document: vscode.TextDocument, range: vscode.Range, newText: string): Promise<void> {
    const hunk = {
      index: 0,
      start: document.offsetAt(range.start),
      end: document.offsetAt(range.end),
      newText,
    };
    await this.show(document.uri, new Proposal(document.getText(), [hunk]), null, false);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private async show(
    target: vscode.Uri,
    proposal: Proposal,
    id: string | null,
    isNew: boolean,
  ): Promise<void> {
    const shown = target.with({ scheme: SCHEME, query: String(++this.count) });
    this.reviews.set(shown.toString(), { target, shown, proposal, id });
    const name = vscode.workspace.asRelativePath(target);
    const before = isNew ? target.with({ scheme: SCHEME, query: "none" }) : target;
    await vscode.commands.executeCommand(
      "vscode.diff",
      before,
      shown,
      vscode.l10n.t("{0}: proposed by assist", name),
      { preview: false, viewColumn: vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active },
    );
  }

  /** Decide about the change in front; one decision after another, so that none is about a hunk that is being taken. */
  private decide(act: (review: Review, offset: number) => Promise<void>): Promise<void> {
    this.deciding = this.deciding.then(() => this.decideNow(act));
    return this.deciding;
  }

  /** Find the review that the diff editor in front shows, and the offset of the cursor in its right side. */
  private async decideNow(act: (review: Review, offset: number) => Promise<void>): Promise<void> {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    const review =
      input instanceof vscode.TabInputTextDiff ? this.reviews.get(input.modified.toString()) : undefined;
    if (review === undefined) return;
    const key = review.shown.toString();
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === key);
    const offset = editor ? editor.document.offsetAt(editor.selection.active) : 0;
    try {
      await act(review, offset);
    } catch (error) {
      void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
    }
  }

  private async accept(review: Review, only?: number): Promise<void> {
    const { proposal, target } = review;
    const wanted = only === undefined ? proposal.left.map(({ index }) => index) : [only];
    if (review.id !== null) await this.acceptOnServer(review.id, wanted);
    else await acceptHere(target, proposal);
    proposal.take(wanted);
    await this.goOn(review);
  }

  private async acceptOnServer(id: string, hunks: readonly number[]): Promise<void> {
    const client = this.session.client;
    if (client === null) throw new Error(vscode.l10n.t("the server is not running"));
    const result = await request(client, "assist/edit/apply", { id, hunks });
    if (!result.applied) throw new Error(result.reason || vscode.l10n.t("the change was not made"));
  }

  private async goOn(review: Review): Promise<void> {
    if (review.proposal.left.length > 0) {
      this.changed.fire(review.shown);
      return;
    }
    await this.close(review);
    await vscode.window.showTextDocument(review.target, { preview: false });
  }

  private async close(review: Review): Promise<void> {
    for (const tab of vscode.window.tabGroups.all.flatMap((group) => group.tabs)) {
      if (
        tab.input instanceof vscode.TabInputTextDiff &&
        tab.input.modified.toString() === review.shown.toString()
      ) {
        await vscode.window.tabGroups.close(tab);
      }
    }
  }

  private forget(shown: vscode.Uri): void {
    const review = this.reviews.get(shown.toString());
    if (review === undefined) return;
    this.reviews.delete(shown.toString());
    const client = this.session.client;
    // A proposal that the server does not know any more needs no forgetting.
    if (client !== null && review.id !== null) {
      request(client, "assist/edit/reject", { id: review.id }).catch(() => undefined);
    }
  }
}

/** Make a proposal of what the server proposes, for the text as it is in the editor. */
export async function proposalOf(edit: EditProposal): Promise<Proposal> {
  if (edit.isNew) {
    return new Proposal(
      "",
      edit.hunks.map(({ index, newText }) => ({ index, start: 0, end: 0, newText })),
    );
  }
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(edit.uri, true));
  const offset = ({ line, character }: Position): number =>
    document.offsetAt(new vscode.Position(line, character));
  const hunks = edit.hunks.map(({ index, range, newText }) => ({
    index,
    start: offset(range.start),
    end: offset(range.end),
    newText,
  }));
  return new Proposal(document.getText(), hunks);
}

async function acceptHere(target: vscode.Uri, proposal: Proposal): Promise<void> {
  const document = await vscode.workspace.openTextDocument(target);
  if (document.getText() !== proposal.base) {
    throw new Error(vscode.l10n.t("The file has changed since; apply the code again."));
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, newText } of proposal.left) {
    edit.replace(target, new vscode.Range(document.positionAt(start), document.positionAt(end)), newText);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t("the change was not made"));
}

/** Propose a block of code of an answer: in the place of the definition that it is another version of, or at the cursor. */
export async function proposeCode(reviews: Reviews, code: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new Error(vscode.l10n.t("No file is open to apply the code to."));
  const { document, selection } = editor;
  const text = code.endsWith("\n") ? code : `${code}\n`;
  const name = definedName(code);
  const defined = selection.isEmpty && name !== null ? await definition(document.uri, name) : null;
  if (defined !== null) {
    const indent = /^[ \t]*/.exec(document.lineAt(defined.start.line).text)?.[0] ?? "";
    const lines = new vscode.Range(
      defined.start.line,
      0,
      defined.end.line,
      document.lineAt(defined.end.line).text.length,
    );
    await reviews.propose(document, lines, indented(text.trimEnd(), indent));
  } else if (!selection.isEmpty) await reviews.propose(document, selection, code.trimEnd());
  else {
    const line = new vscode.Position(selection.active.line, 0);
    await reviews.propose(document, new vscode.Range(line, line), text);
  }
}

/** Give code the indentation of the place that it goes to, if it has none of its own. */
function indented(code: string, indent: string): string {
  if (/^[ \t]/.test(code)) return code;
  return code.replace(/^(?=.)/gm, indent);
}

async function definition(uri: vscode.Uri, name: string): Promise<vscode.Range | null> {
  const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
    "vscode.executeDocumentSymbolProvider",
    uri,
  );
  const all = (list: readonly vscode.DocumentSymbol[]): vscode.DocumentSymbol[] =>
    list.flatMap((symbol) => [symbol, ...all(symbol.children)]);
  const fitting = all(symbols ?? []).filter((symbol) => symbol.name.replace(/\(.*$/, "") === name);
  return fitting.length === 1 ? (fitting[0]?.range ?? null) : null;
}
