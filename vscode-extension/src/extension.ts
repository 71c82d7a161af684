/**
 * The extension's beginning: makes its parts, hands them to each other, registers the commands.
 *
 * Everything that knows anything about code is in the server; the parts here show what it says.
 */

import * as vscode from "vscode";

import { currentSelection, followEditors } from "./chat/parameters";
import { ContextPreview } from "./chat/preview";
import { ChatView } from "./chat/view";
import { snooze, SuggestionFilter, toggleLanguage } from "./completion/filter";
import { CopiesBeside, SHOW_SOURCE } from "./copies/beside";
import { openPolicy } from "./copies/policy";
import { EditAction } from "./edits/actions";
import { Reviews } from "./edits/reviews";
import { exportChat, showHistory } from "./history";
import { install } from "./install/install";
import { showMenu } from "./menu";
import { chooseModel } from "./models";
import type { RecipeRunParams } from "./protocol";
import { searchPick } from "./search/pick";
import { mentionOf, ResultsView } from "./search/results";
import { Session } from "./server/session";
import { tooOld } from "./server/situation";
import { OLDEST_SERVER } from "./server/version";
import { missingReason, StatusItem } from "./status";
import { Typing } from "./typing/typing";

/** The server's command of code actions and lenses that run a recipe. */
const RUN_RECIPE = "assist.recipe.run";

let session: Session | undefined;

/** Called by the editor, once. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("assist", { log: true });
  const suggestions = new SuggestionFilter();
  const typing = new Typing();
  const started = (session = new Session(log, suggestions, typing));
  const reviews = new Reviews(started);
  const copies = new CopiesBeside();
  const preview = new ContextPreview(started);
  const chat = new ChatView(context.extensionUri, started, reviews, copies, preview);
  const results = new ResultsView(started);
  started.takeCommand(RUN_RECIPE, (params) => chat.run(params as RecipeRunParams));
  started.takeCommand(SHOW_SOURCE, (source) => copies.show(source as Parameters<CopiesBeside["show"]>[0]));

  const run = (recipe: string) => () => runRecipe(chat, recipe);
  const commands: Record<string, (...given: unknown[]) => unknown> = {
    "assist.showMenu": () => showMenu(started, log, chat.answering),
    "assist.restartServer": () => started.restart(),
    "assist.showLog": () => log.show(),
    "assist.openWalkthrough": () =>
      vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        `${context.extension.id}#assist.start`,
      ),
    "assist.openSettings": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
    "assist.openServerSetting": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "assist.server.path"),
    "assist.install": () => install(started),
    "assist.chooseModel": async () => {
      if (await chooseModel(started)) await chat.modelChosen();
    },
    "assist.ask": async (question) => {
      if (typeof question === "string") await chat.ask(question);
      else await chat.focus();
    },
    "assist.askSelection": () => chat.focus("@selection "),
    "assist.context": () => chat.showContext(""),
    "assist.chat.new": () => chat.conversation.clear(),
    "assist.chat.stop": () => chat.conversation.stop(),
    "assist.chat.history": () => showHistory(started, chat.conversation),
    "assist.chat.export": () => exportChat(chat.conversation),
    "assist.search": () => searchPick(started, results),
    "assist.searchView": (query) => (typeof query === "string" ? results.search(query) : results.ask()),
    "assist.results.next": () => results.go(1),
    "assist.results.previous": () => results.go(-1),
    "assist.results.again": () => results.again(),
    "assist.results.clear": () => results.clear(),
    "assist.results.ask": (node) => chat.focus(mentionOf(node) ?? undefined),
    "assist.explain": run("explain"),
    "assist.fix": run("fix"),
    "assist.document": run("docstring"),
    "assist.test": run("test"),
    "assist.edit": () => editSelection(chat),
    "assist.completion.snooze": () => snooze(suggestions),
    "assist.completion.toggleLanguage": () => toggleLanguage(),
    "assist.copies.beside": (marked) => copies.compareMarked(marked),
    "assist.copies.openSource": () => copies.openSource(),
    "assist.copies.policy": () => openPolicy(),
  };
  context.subscriptions.push(
    log,
    suggestions,
    typing,
    started,
    reviews,
    followEditors(),
    preview,
    chat,
    results,
    copies,
    new StatusItem(started, suggestions),
    vscode.window.registerWebviewViewProvider(ChatView.id, chat),
    vscode.languages.registerCodeActionsProvider({ scheme: "file" }, new EditAction(), {
      providedCodeActionKinds: EditAction.kinds,
    }),
    ...Object.entries(commands).map(([name, act]) => vscode.commands.registerCommand(name, act)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("assist.server")) void started.restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void started.restart()),
  );
  // Looking for the server starts programs: the editor does not wait for that as a part of the activation.
  setTimeout(() => void started.start().then(() => offerInstallation(context, started)), 0);
}

/** Called by the editor when it ends; the server is given the time to end in order. */
export async function deactivate(): Promise<void> {
  await session?.stop();
}

/** Run a recipe on what is selected. */
async function runRecipe(chat: ChatView, recipe: string, instruction?: string): Promise<void> {
  const selection = currentSelection();
  if (selection === null) {
    void vscode.window.showInformationMessage(vscode.l10n.t("assist: open a file first."));
    return;
  }
  await chat.run({ recipe, selection, instruction: instruction ?? null });
}

async function editSelection(chat: ChatView): Promise<void> {
  const instruction = await vscode.window.showInputBox({
    title: vscode.l10n.t("assist: edit the selection"),
    placeHolder: vscode.l10n.t("What is to be changed, such as: read in pieces"),
  });
  if (instruction?.trim()) await runRecipe(chat, "edit", instruction.trim());
}

/** Offer to install or update the server if there is none that can be used; once, and never in a folder that is not trusted. */
async function offerInstallation(context: vscode.ExtensionContext, session: Session): Promise<void> {
  const { connection } = session;
  if (connection.kind !== "missing" || !vscode.workspace.isTrusted) return;
  const old = tooOld(connection);
  const key = `installationOffered${old ? `:${OLDEST_SERVER}` : ""}`;
  if (context.globalState.get(key) === true) return;
  await context.globalState.update(key, true);
  const [go, more] = [
    old ? vscode.l10n.t("Update It...") : vscode.l10n.t("Install It..."),
    vscode.l10n.t("How to Begin"),
  ];
  const chosen = await vscode.window.showInformationMessage(`assist: ${missingReason(connection)}`, go, more);
  if (chosen === go) await vscode.commands.executeCommand("assist.install");
  if (chosen === more) await vscode.commands.executeCommand("assist.openWalkthrough");
}
