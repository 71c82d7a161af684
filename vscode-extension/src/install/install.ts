/** Installing the server: the user chooses how, sees the command, and says that it may be run. */

import * as vscode from "vscode";

import { findServer, thisMachine } from "../server/finding";
import type { Session } from "../server/session";
import { isTooOld, workspaceFolders } from "../server/situation";
import { commandLine, ways, type Way } from "./ways";

interface Item extends vscode.QuickPickItem {
  readonly way?: Way;
}

/** Where it is told how to get what installs Python programs. */
const HELP = "https://docs.astral.sh/uv/getting-started/installation/";

/** Offer the ways to install the server, and go the one that the user chooses. */
export async function install(session: Session): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t("Manage Trust");
    const said = vscode.l10n.t(
      "assist: in a folder that you do not trust, only a server that your own settings name is started.",
    );
    if ((await vscode.window.showInformationMessage(said, manage)) === manage)
      await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  const chosen = await chosenWay(isTooOld(session.connection));
  if (chosen !== undefined && (await isConfirmed(chosen))) await run(chosen, session);
}

async function chosenWay(isUpdate: boolean): Promise<Way | undefined> {
  const found = ways(workspaceFolders(), thisMachine(), isUpdate);
  if (found.length === 0) {
    const open = vscode.l10n.t("How to Get uv");
    const said = vscode.l10n.t(
      "assist: neither uv nor pipx was found, and the workspace has no virtual environment. With uv, `{0}` installs the server.",
      "uv tool install repo-assist",
    );
    if ((await vscode.window.showInformationMessage(said, open)) === open)
      await vscode.env.openExternal(vscode.Uri.parse(HELP));
    return undefined;
  }
  const items = found.map((way): Item => ({
    label: titleOf(way),
    detail: commandLine(way),
    way,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: isUpdate
      ? vscode.l10n.t("assist: update the server")
      : vscode.l10n.t("assist: install the server"),
    placeHolder: vscode.l10n.t("The command is shown before it is run"),
  });
  return chosen?.way;
}

function titleOf({ kind, environment }: Way): string {
  switch (kind) {
    case "uv":
      return vscode.l10n.t("With uv, for all folders");
    case "pipx":
      return vscode.l10n.t("With pipx, for all folders");
    case "environment":
      return vscode.l10n.t(
        "Into this folder's environment: {0}",
        vscode.workspace.asRelativePath(environment ?? ""),
      );
  }
}

async function isConfirmed(way: Way): Promise<boolean> {
  const line = commandLine(way);
  const [go, copy] = [vscode.l10n.t("Run It"), vscode.l10n.t("Copy It")];
  const said = vscode.l10n.t("This command is run in a terminal:");
  const answer = await vscode.window.showInformationMessage(said, { modal: true, detail: line }, go, copy);
  if (answer === copy) await vscode.env.clipboard.writeText(line);
  return answer === go;
}

/** Run the command where the user sees what it does; then start what it has installed. */
async function run(way: Way, session: Session): Promise<void> {
  const task = new vscode.Task(
    { type: "assist-install" },
    vscode.workspace.workspaceFolders?.[0] ?? vscode.TaskScope.Workspace,
    vscode.l10n.t("Install the server"),
    "assist",
    new vscode.ProcessExecution(way.program, [...way.args]),
  );
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, clear: true };
  const code = await ended(task);
  if (code !== 0) {
    const said = vscode.l10n.t("assist: the server was not installed; the terminal tells why.");
    void vscode.window.showErrorMessage(said);
    return;
  }
  await session.restart();
  const { found } = await findServer({
    configured: "",
    folders: workspaceFolders(),
    isTrusted: vscode.workspace.isTrusted,
  });
  if (found === null) {
    const said = vscode.l10n.t(
      "assist: the command has ended well, but no server is found. Set its path, or start the editor anew.",
    );
    const set = vscode.l10n.t("Set Its Path");
    if ((await vscode.window.showWarningMessage(said, set)) === set)
      await vscode.commands.executeCommand("assist.openServerSetting");
  } else {
    void vscode.window.showInformationMessage(
      vscode.l10n.t("assist: version {0} is installed.", found.version),
    );
  }
}

/** Run a task; return the exit status, undefined if it did not even start or was ended. */
async function ended(task: vscode.Task): Promise<number | undefined> {
  return new Promise((done, fail) => {
    let running: vscode.TaskExecution | undefined;
    const early = new Map<vscode.TaskExecution, number | undefined>();
    const end = (code: number | undefined): void => {
      for (const listener of listeners) listener.dispose();
      done(code);
    };
    const listeners = [
      vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
        if (execution === running) end(exitCode);
        else early.set(execution, exitCode);
      }),
      vscode.tasks.onDidEndTask(({ execution }) => {
        if (execution === running) end(undefined);
      }),
    ];
    vscode.tasks.executeTask(task).then((execution) => {
      running = execution;
      if (early.has(execution)) end(early.get(execution));
    }, fail);
  });
}
