/** The menu behind the status item: what is going on, and what can be done about it. */

import * as vscode from "vscode";

import { missingReason } from "./status";
import type { FolderIndex } from "./protocol";
import { messageOf, request } from "./server/requests";
import type { Session } from "./server/session";

interface Item extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

/** Show the menu. */
export async function showMenu(session: Session, log: vscode.LogOutputChannel): Promise<void> {
  const { connection } = session;
  const command = (name: string) => () => vscode.commands.executeCommand(name);
  const t = vscode.l10n.t;
  const items: Item[] = [];
  let title = t("assist");
  if (connection.kind === "running") {
    title = connection.status?.text ?? title;
    if (connection.status?.message) items.push({ label: `$(info) ${connection.status.message}` });
    items.push(
      { label: `$(comment-discussion) ${t("Open the chat")}`, run: command("assist.chat.focus") },
      { label: `$(search) ${t("Search")}`, run: command("assist.search") },
      { label: `$(sparkle) ${t("Choose who answers")}`, run: command("assist.chooseModel") },
      { label: `$(database) ${t("Index")}`, run: () => showIndex(session) },
      { label: `$(law) ${t("Copied-code policy")}`, run: command("assist.copies.policy") },
      { label: `$(bell-slash) ${t("Snooze suggestions")}`, run: command("assist.completion.snooze") },
    );
    if (session.hasWork)
      items.push({ label: `$(debug-stop) ${t("Stop indexing")}`, run: () => session.stopWork() });
  } else if (connection.kind === "missing") {
    title = missingReason();
    if (vscode.workspace.isTrusted) {
      items.push({
        label: `$(desktop-download) ${t("How to install it")}`,
        run: command("assist.openWalkthrough"),
      });
    } else items.push({ label: `$(shield) ${t("Manage trust")}`, run: command("workbench.trust.manage") });
    items.push({
      label: `$(gear) ${t("Set the path of the server")}`,
      run: command("assist.openServerSetting"),
    });
    for (const { file, why, said } of connection.search.refused) {
      const reason =
        why === "old"
          ? t("version {0} is too old", said)
          : why === "missing"
            ? t("is not there")
            : t("is another program");
      items.push({ label: `$(warning) ${file}`, description: reason });
    }
  } else if (connection.kind === "failed") {
    title = connection.message;
  }
  items.push(
    { label: `$(debug-restart) ${t("Restart the server")}`, run: () => session.restart() },
    { label: `$(output) ${t("Show the log")}`, run: () => log.show() },
    { label: `$(settings-gear) ${t("Settings")}`, run: command("assist.openSettings") },
  );
  const chosen = await vscode.window.showQuickPick(items, { title });
  await chosen?.run?.();
}

/** Show how the index stands, and offer to bring it up to date. */
async function showIndex(session: Session): Promise<void> {
  const client = session.client;
  if (client === null) return;
  const t = vscode.l10n.t;
  try {
    const { folders } = await request(client, "assist/index/status", {});
    const refresh: Item = { label: `$(refresh) ${t("Look for changes now")}` };
    const chosen = await vscode.window.showQuickPick<Item>([...folders.map(folderItem), refresh], {
      title: t("assist: index"),
    });
    if (chosen === refresh) await request(client, "assist/index/refresh", {});
  } catch (error) {
    void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
  }
}

function folderItem(folder: FolderIndex): Item {
  const t = vscode.l10n.t;
  const states = {
    waiting: t("waiting"),
    updating: t("being updated"),
    current: t("up to date"),
    stopped: t("stopped"),
    failed: t("failed"),
  };
  const detail = folder.message ?? "";
  return {
    label: `$(folder) ${vscode.workspace.asRelativePath(vscode.Uri.parse(folder.uri), true)}`,
    description: t("{0}: {1} files, {2} chunks", states[folder.state], folder.files, folder.chunks),
    ...(detail ? { detail } : {}),
  };
}
