/** The chat in the side bar: hands messages between its page, the conversation and the editor. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import type { CopiesBeside } from "../copies/beside";
import { linesOf } from "../copies/passage";
import { proposeCode } from "../edits/applying";
import type { Reviews } from "../edits/reviews";
import { openPlace } from "../places";
import type { EditProposal, RecipeInfo, RecipeRunParams } from "../protocol";
import { messageOf, request } from "../server/requests";
import type { Session } from "../server/session";
import { chosenModel } from "../settings";
import { describe } from "../status";
import { Conversation } from "./conversation";
import { mentions } from "./mentions";
import type { FromPage, ToPage } from "./messages";
import type { ContextPreview } from "./preview";
import { strings } from "./strings";

/** Shows the conversation. */
export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly id = "assist.chat";

  readonly conversation: Conversation;
  private view: vscode.WebviewView | null = null;
  private isReady = false;
  private isConnected = false;
  private waiting: ToPage[] = [];
  private recipes: readonly RecipeInfo[] = [];
  private backend = "";
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly session: Session,
    private readonly reviews: Reviews,
    private readonly copies: CopiesBeside,
    private readonly preview: ContextPreview,
  ) {
    this.conversation = new Conversation(session, {
      turnChanged: (turn) => {
        this.say({ type: "turn", turn });
        void vscode.commands.executeCommand(
          "setContext",
          "assist.isAnswering",
          this.conversation.isAnswering,
        );
      },
      eventsCame: (id, events) => this.say({ type: "events", id, events }),
      turnsReplaced: (turns) => this.say({ type: "turns", turns }),
      editProposed: (edit) => void this.reviews.open(edit),
    });
    let was = stateOf(session);
    this.listeners = [
      session.onDidChange(() => {
        const now = stateOf(session);
        if (now === was) return;
        was = now;
        const isConnected = session.client !== null;
        if (isConnected && !this.isConnected) void this.connected();
        else if (isConnected) void this.readModel();
        this.isConnected = isConnected;
        this.sayState();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("assist.chat")) void this.readModel();
      }),
    ];
  }

  /** Called by the editor when the view is shown for the first time. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    this.isReady = false;
    const folders = ["dist", "media"].map((name) => vscode.Uri.joinPath(this.extensionUri, name));
    view.webview.options = { enableScripts: true, localResourceRoots: folders };
    view.webview.html = page(view.webview, this.extensionUri);
    view.webview.onDidReceiveMessage((message: FromPage) => void this.heard(message));
    view.onDidDispose(() => {
      this.view = null;
      this.isReady = false;
    });
  }

  /** Show the chat with the cursor in its field, and write something into it if that is given. */
  async focus(text?: string): Promise<void> {
    await vscode.commands.executeCommand(`${ChatView.id}.focus`);
    this.say({ type: "compose", text: text ?? null });
  }

  /** Ask, and show the answer. */
  async ask(question: string): Promise<void> {
    await this.focus();
    await this.conversation.ask(question, this.recipes);
  }

  /** Run a recipe, and show what comes of it. */
  async run(params: RecipeRunParams): Promise<void> {
    await this.focus();
    const place = params.selection ? vscode.Uri.parse(params.selection.uri) : null;
    const lines = params.selection?.range;
    const where = place && lines ? ` ${vscode.workspace.asRelativePath(place)}:${lines.start.line + 1}` : "";
    await this.conversation.run(params, `/${params.recipe}${where} ${params.instruction ?? ""}`.trim());
  }

  /** Show what would be sent with a question. */
  async showContext(question: string): Promise<void> {
    await this.preview.show(question, this.conversation.id);
  }

  /** Who answers, as the user knows them; empty for the index alone. */
  get answering(): string {
    return this.backend;
  }

  /** Somebody else answers from now on: the chat goes on with them. */
  async modelChosen(): Promise<void> {
    await this.conversation.reconnected();
    await this.readModel();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.conversation.dispose();
  }

  private async heard(message: FromPage): Promise<void> {
    try {
      await this.act(message);
    } catch (error) {
      void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
    }
  }

  private async act(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        this.sayState();
        this.say({ type: "turns", turns: this.conversation.all });
        for (const waiting of this.waiting.splice(0)) this.say(waiting);
        break;
      case "ask":
        await this.conversation.ask(message.text, this.recipes);
        break;
      case "retry":
        await this.conversation.retry(message.id, this.recipes);
        break;
      case "stop":
        this.conversation.stop();
        break;
      case "open":
        await openPlace(message.uri, message.range);
        break;
      case "browse":
        await browse(message.url);
        break;
      case "copy":
        await vscode.env.clipboard.writeText(message.text);
        vscode.window.setStatusBarMessage(vscode.l10n.t("Copied"), 2000);
        break;
      case "insert":
        await insert(message.text);
        break;
      case "apply":
        await proposeCode(this.reviews, message.text);
        break;
      case "review": {
        const edit = this.editOf(message.id);
        if (edit) await this.reviews.open(edit);
        break;
      }
      case "compare": {
        const { copy, code } = message;
        const text = linesOf(code, copy.startLine, copy.endLine);
        await this.copies.compare({ note: copy, text, name: vscode.l10n.t("answer") });
        break;
      }
      case "compareChange": {
        const edit = this.editOf(message.id);
        const copy = edit?.copies?.[message.place];
        if (!edit || !copy) break;
        const text = linesOf(await this.reviews.proposed(edit), copy.startLine, copy.endLine);
        await this.copies.compare({ note: copy, text, name: edit.path });
        break;
      }
      case "chooseModel":
        await vscode.commands.executeCommand("assist.chooseModel");
        break;
      case "preview":
        await this.showContext(message.question);
        break;
      case "mention":
        this.say({ type: "offers", sequence: message.sequence, offers: await mentions(message.prefix) });
        break;
    }
  }

  private editOf(id: number): EditProposal | undefined {
    return this.conversation.all.find((turn) => turn.id === id)?.outcome?.edit ?? undefined;
  }

  private async connected(): Promise<void> {
    await this.conversation.reconnected();
    await this.readModel();
    const client = this.session.client;
    if (client === null) return;
    try {
      this.recipes = (await request(client, "assist/recipes/list", {})).recipes;
    } catch {
      this.recipes = []; // a workspace without a folder has none
    }
    this.sayState();
  }

  private async readModel(): Promise<void> {
    const client = this.session.client;
    if (client === null) return;
    try {
      const models = await request(client, "assist/models", {});
      const { backend, model } = chosenModel();
      const chosen = models.backends.find(({ name }) => name === (backend ?? models.chat));
      this.backend = chosen ? `${chosen.name}: ${model ?? chosen.model}` : "";
    } catch {
      this.backend = ""; // what is wrong with config.toml stands in the status item
    }
    this.sayState();
  }

  private sayState(): void {
    const running = this.session.client !== null;
    this.say({
      type: "state",
      state: {
        model: this.backend,
        unavailable: running ? "" : describe(this.session.connection).tooltip,
        recipes: this.recipes.map(({ name, description }) => ({
          insert: `/${name}`,
          label: `/${name}`,
          detail: description,
        })),
      },
    });
  }

  private say(message: ToPage): void {
    if (this.view !== null && this.isReady) void this.view.webview.postMessage(message);
    else if (message.type === "compose") this.waiting = [message];
  }
}

/** How the server fares; while it runs, also what it is doing: settings have reached it when that changes. */
function stateOf(session: Session): string {
  const { connection } = session;
  return connection.kind === "running" && connection.status ? connection.status.state : connection.kind;
}

/** Open an address, after the user has seen it. */
async function browse(url: string): Promise<void> {
  const open = vscode.l10n.t("Open");
  const said = vscode.l10n.t("A link of the answer leads to {0}", url);
  if ((await vscode.window.showWarningMessage(said, { modal: true }, open)) === open) {
    await vscode.env.openExternal(vscode.Uri.parse(url, true));
  }
}

async function insert(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new Error(vscode.l10n.t("No file is open to insert into."));
  await editor.edit((edit) => edit.replace(editor.selection, text));
}

function page(webview: vscode.Webview, root: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const uri = (...path: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(root, ...path)).toString();
  const words = JSON.stringify(strings())
    .replace(/&/g, "&amp;")
    .replace(/"/g, "&quot;")
    .replace(/</g, "&lt;");
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>assist</title>
<link rel="stylesheet" href="${uri("media", "chat.css")}">
</head>
<body data-strings="${words}">
<script nonce="${nonce}" src="${uri("dist", "chat.js")}"></script>
</body>
</html>`;
}
