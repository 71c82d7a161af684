/** The menu behind the status item: what is going on, and what can be done about it. */

import * as vscode from "vscode";

import { suggestsIn } from "./completion/languages";
import type { FolderIndex } from "./protocol";
import { messageOf, request } from "./server/requests";
import type { Session } from "./server/session";
import { isTooOld } from "./server/situation";
import { languagesFor } from "./settings";
import { missingReason } from "./status";

interface Item extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

/** Show the menu. */
export async function showMenu(
  session: Session,
  log: vscode.LogOutputChannel,
  answering: string,
): Promise<void> {
  const { connection } = session;
  const command = (name: string) => () => vscode.commands.executeCommand(name);
  const items: Item[] = [];
  let title = vscode.l10n.t("assist");
  if (connection.kind === "running") {
    title = connection.status?.text ?? title;
    if (connection.status?.message) items.push({ label: `$(info) ${connection.status.message}` });
    items.push(
      { label: `$(comment-discussion) ${vscode.l10n.t("Open the chat")}`, run: command("assist.chat.focus") },
      { label: `$(search) ${vscode.l10n.t("Search")}`, run: command("assist.search") },
      {
        label: `$(sparkle) ${vscode.l10n.t("Choose who answers")}`,
        description: answering || vscode.l10n.t("Index alone"),
        run: command("assist.chooseModel"),
      },
      { label: `$(database) ${vscode.l10n.t("Index")}`, run: () => showIndex(session) },
      { label: `$(law) ${vscode.l10n.t("Copied-code policy")}`, run: command("assist.copies.policy") },
      {
        label: `$(bell-slash) ${vscode.l10n.t("Snooze suggestions")}`,
        run: command("assist.completion.snooze"),
      },
    );
    const language = vscode.window.activeTextEditor?.document;
    if (language !== undefined) {
      items.push({
        label: suggestsIn(languagesFor(language), language.languageId)
          ? `$(circle-slash) ${vscode.l10n.t("Suggest nothing in {0}", language.languageId)}`
          : `$(check) ${vscode.l10n.t("Suggest in {0}", language.languageId)}`,
        run: command("assist.completion.toggleLanguage"),
      });
    }
    if (session.hasWork)
      items.push({ label: `$(debug-stop) ${vscode.l10n.t("Stop indexing")}`, run: () => session.stopWork() });
  } else if (connection.kind === "missing") {
    title = missingReason(connection);
    if (vscode.workspace.isTrusted) {
      items.push({
        label: isTooOld(connection)
          ? `$(desktop-download) ${vscode.l10n.t("Update the server")}`
          : `$(desktop-download) ${vscode.l10n.t("Install the server")}`,
        run: command("assist.install"),
      });
      items.push({
        label: `$(book) ${vscode.l10n.t("How to begin")}`,
        run: command("assist.openWalkthrough"),
      });
    } else
      items.push({
        label: `$(shield) ${vscode.l10n.t("Manage trust")}`,
        run: command("workbench.trust.manage"),
      });
    items.push({
      label: `$(gear) ${vscode.l10n.t("Set the path of the server")}`,
      run: command("assist.openServerSetting"),
    });
    for (const { file, why, said } of connection.search.refused) {
      const reason =
        why === "old"
          ? vscode.l10n.t("version {0} is too old", said)
          : why === "missing"
            ? vscode.l10n.t("is not there")
            : vscode.l10n.t("is another program");
      items.push({ label: `$(warning) ${file}`, description: reason });
    }
  } else if (connection.kind === "failed") {
    title = connection.message;
  }
  items.push(
    { label: `$(debug-restart) ${vscode.l10n.t("Restart the server")}`, run: () => session.restart() },
    { label: `$(output) ${vscode.l10n.t("Show the log")}`, run: () => log.show() },
    { label: `$(settings-gear) ${vscode.l10n.t("Settings")}`, run: command("assist.openSettings") },
  );
  const chosen = await vscode.window.showQuickPick(items, { title });
  await chosen?.run?.();
}

/** Show how the index stands, and offer to bring it up to date. */
async function showIndex(session: Session): Promise<void> {
  const client = session.client;
  if (client === null) return;
  try {
    const { folders } = await request(client, "assist/index/status", {});
    const refresh: Item = { label: `$(refresh) ${vscode.l10n.t("Look for changes now")}` };
    const chosen = await vscode.window.showQuickPick<Item>([...folders.map(folderItem), refresh], {
      title: vscode.l10n.t("assist: index"),
    });
    if (chosen === refresh) await request(client, "assist/index/refresh", {});
  } catch (error) {
    void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
  }
}

function folderItem(folder: FolderIndex): Item {
  const states = {
    waiting: vscode.l10n.t("waiting"),
    updating: vscode.l10n.t("being updated"),
    current: vscode.l10n.t("up to date"),
    stopped: vscode.l10n.t("stopped"),
    failed: vscode.l10n.t("failed"),
  };
  const detail = folder.message ?? "";
  return {
    label: `$(folder) ${vscode.workspace.asRelativePath(vscode.Uri.parse(folder.uri), true)}`,
    description: vscode.l10n.t(
      "{0}: {1} files, {2} chunks",
      states[folder.state],
      folder.files,
      folder.chunks,
    ),
    ...(detail ? { detail } : {}),
  };
}
