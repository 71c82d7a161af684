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
import { hunksOf } from "./lines";
import { Proposal } from "./proposal";

const SCHEME = "assist-proposal";
/** So long the editor may take to show a proposal that has changed, before the cursor moves on. */
const REFRESH_MS = 1_000;

interface Review {
  readonly target: vscode.Uri;
  readonly shown: vscode.Uri;
  /** The left side: the file, or nothing if it is new. */
  readonly before: vscode.Uri;
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
          if (input instanceof vscode.TabInputTextDiff) this.closed(input.modified);
      }),
      vscode.commands.registerCommand("assist.edit.accept", () =>
        this.decide((review) => this.accept(review)),
      ),
      vscode.commands.registerCommand("assist.edit.reject", () =>
        this.decide(async (review) => {
          for (const { index } of review.proposal.left) review.proposal.reject(index);
          await this.close(review);
        }),
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
          if (hunk === undefined) return;
          review.proposal.reject(hunk.index);
          await this.goOn(review, hunk.index);
        }),
      ),
    ];
  }

  /** The proposed text, for the right side of the diff editor. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.reviews.get(uri.toString())?.proposal.proposed ?? "";
  }

  /** Show a change that the server proposes; what was decided about its hunks before, stays decided. */
  async open(edit: EditProposal): Promise<void> {
    const known = [...this.reviews.values()].find(({ id }) => id === edit.id);
    if (known === undefined) {
      await this.show(
        this.made(vscode.Uri.parse(edit.uri, true), await proposalOf(edit), edit.id, edit.isNew),
      );
    } else if (known.proposal.left.length > 0) await this.show(known);
    else {
      const said = vscode.l10n.t("assist: everything is decided about this change of {0}.", edit.path);
      void vscode.window.showInformationMessage(said);
    }
  }

  /** The text of a file with a change that the server proposes, also after parts of it were taken. */
  async proposed(edit: EditProposal): Promise<string> {
    const known = [...this.reviews.values()].find(({ id }) => id === edit.id);
    return (known?.proposal ?? (await proposalOf(edit))).complete;
  }

  /** Show a change that is made here. */
  async propose(document: vscode.TextDocument, range: vscode.Range, newText: string): Promise<void> {
    const base = document.getText();
    const text = document.eol === vscode.EndOfLine.CRLF ? newText.replace(/\r?\n/g, "\r\n") : newText;
    const hunks = hunksOf(base, document.offsetAt(range.start), document.offsetAt(range.end), text);
    if (hunks.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t("assist: the file has this code already."));
    } else await this.show(this.made(document.uri, new Proposal(base, hunks), null, false));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  private made(target: vscode.Uri, proposal: Proposal, id: string | null, isNew: boolean): Review {
    const shown = target.with({ scheme: SCHEME, query: String(++this.count) });
    const before = isNew ? target.with({ scheme: SCHEME, query: "none" }) : target;
    const review = { target, shown, before, proposal, id };
    this.reviews.set(shown.toString(), review);
    return review;
  }

  private async show({ target, before, shown }: Review): Promise<void> {
    const title = vscode.l10n.t("{0}: proposed by assist", vscode.workspace.asRelativePath(target));
    const viewColumn = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active;
    await vscode.commands.executeCommand("vscode.diff", before, shown, title, { preview: false, viewColumn });
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
    else await acceptHere(target, proposal, wanted);
    proposal.take(wanted);
    await this.goOn(review, wanted[0] ?? 0);
  }

  private async acceptOnServer(id: string, hunks: readonly number[]): Promise<void> {
    const client = this.session.client;
    if (client === null) throw new Error(vscode.l10n.t("the server is not running"));
    const result = await request(client, "assist/edit/apply", { id, hunks });
    if (!result.applied) throw new Error(result.reason || vscode.l10n.t("the change was not made"));
  }

  /** After a decision about a hunk: to the next one, or to the file if all is decided. */
  private async goOn(review: Review, decided: number): Promise<void> {
    const next = review.proposal.nextAfter(decided);
    if (next !== undefined) {
      await this.refreshed(review);
      this.moveTo(review, next.index);
      return;
    }
    await this.close(review);
    await vscode.window.showTextDocument(review.target, { preview: false });
  }

  /** Have the editor read the proposed text again; answered when it shows it. */
  private refreshed(review: Review): Promise<void> {
    const { shown, proposal } = review;
    const key = shown.toString();
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
    if (document === undefined || document.getText() === proposal.proposed) return Promise.resolve();
    return new Promise((done) => {
      const end = (): void => {
        clearTimeout(timer);
        listening.dispose();
        done();
      };
      const timer = setTimeout(end, REFRESH_MS);
      const listening = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === document && document.getText() === proposal.proposed) end();
      });
      this.changed.fire(shown);
    });
  }

  /** Set the cursor to a hunk. */
  private moveTo({ shown, proposal }: Review, index: number): void {
    const key = shown.toString();
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === key);
    const place = proposal.placeOf(index);
    if (editor === undefined || place === null) return;
    const at = editor.document.positionAt(place.start);
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
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

  /**
   * The diff editor was closed. What is decided is forgotten; a change of which something is left can be looked at again
   * from the chat.
   */
  private closed(shown: vscode.Uri): void {
    const review = this.reviews.get(shown.toString());
    if (review === undefined || (review.id !== null && review.proposal.left.length > 0)) return;
    const client = this.session.client;
    if (review.id === null) this.reviews.delete(shown.toString());
    // A proposal that the server does not know any more needs no forgetting.
    else if (client !== null) request(client, "assist/edit/reject", { id: review.id }).catch(() => undefined);
  }
}

/** Make a proposal of what the server proposes, for the text as it is in the editor. */
async function proposalOf(edit: EditProposal): Promise<Proposal> {
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

async function acceptHere(target: vscode.Uri, proposal: Proposal, wanted: readonly number[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument(target);
  if (document.getText() !== proposal.expected) {
    throw new Error(vscode.l10n.t("The file has changed since; apply the code again."));
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, newText } of proposal.shifted(wanted)) {
    edit.replace(target, new vscode.Range(document.positionAt(start), document.positionAt(end)), newText);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t("the change was not made"));
}
