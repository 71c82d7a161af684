/** Choosing who answers questions. */

import * as vscode from "vscode";

import type { BackendInfo, FoundServer } from "./protocol";
import { messageOf, request } from "./server/requests";
import type { Session } from "./server/session";

interface Item extends vscode.QuickPickItem {
  readonly backend?: string;
  readonly model?: string;
  readonly configure?: boolean;
}

/** Ask who answers, and set it; return whether anything was chosen. */
export async function chooseModel(session: Session): Promise<boolean> {
  const client = session.orTell();
  if (client === null) return false;
  try {
    const models = await request(client, "assist/models", { discover: true });
    const found = models.found.flatMap((server): Item[] => [
      {
        label: `$(server) ${server.label}`,
        description: server.url,
        detail: vscode.l10n.t(
          "Runs here; name it in config.toml to use it. It offers {0}",
          server.models.slice(0, 5).join(", "),
        ),
        configure: true,
      },
    ]);
    const items: Item[] = [
      { label: `$(gear) ${vscode.l10n.t("As config.toml says")}`, backend: "" },
      {
        label: `$(circle-slash) ${vscode.l10n.t("Index alone")}`,
        description: vscode.l10n.t("no language model"),
        backend: "none",
      },
      ...models.backends.flatMap((one) => [
        backendItem(one),
        ...otherModels(one, models.found).map((model) => ({ ...backendItem({ ...one, model }), model })),
      ]),
      ...found,
      {
        label: `$(edit) ${vscode.l10n.t("Edit config.toml")}`,
        description: models.configFile,
        configure: true,
      },
    ];
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t("assist: who answers?"),
      matchOnDescription: true,
    });
    if (chosen === undefined) return false;
    if (chosen.configure) {
      await openConfig(models.configFile);
      return false;
    }
    const settings = vscode.workspace.getConfiguration("assist.chat");
    await settings.update("model", chosen.model, vscode.ConfigurationTarget.Global);
    await settings.update("backend", chosen.backend || undefined, vscode.ConfigurationTarget.Global);
    return true;
  } catch (error) {
    void vscode.window.showErrorMessage(`assist: ${messageOf(error)}`);
    return false;
  }
}

function backendItem(one: BackendInfo): Item {
  return {
    label: `$(sparkle) ${one.name}`,
    description: one.model,
    detail: one.local ? vscode.l10n.t("on this machine, {0}", one.url) : one.url,
    backend: one.name,
  };
}

/** Other models that a backend's server offers, as far as it was found on this machine. */
function otherModels(one: BackendInfo, found: readonly FoundServer[]): string[] {
  const origin = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);
  return found
    .filter(({ url }) => origin(url) === origin(one.url))
    .flatMap(({ models }) => models)
    .filter((model) => model !== one.model);
}

/** Open the file in which models are configured, which may not be there yet. */
async function openConfig(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    await vscode.workspace.fs.writeFile(uri, new Uint8Array());
  }
  await vscode.window.showTextDocument(uri);
}
