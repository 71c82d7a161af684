/** `assist: Search` as a quick pick: results while the query is typed, the line that decides, and why. */

import * as vscode from "vscode";

import { openPlace } from "../places";
import type { Hit } from "../protocol";
import { isCancelled, messageOf, request } from "../server/requests";
import type { Session } from "../server/session";
import { iconOf } from "./icons";
import type { ResultsView } from "./results";

const PAUSE_MS = 120;

interface Item extends vscode.QuickPickItem {
  readonly hit?: Hit;
}

/** Ask for a query, and show what it finds. */
export function searchPick(session: Session, results: ResultsView): void {
  const pick = vscode.window.createQuickPick<Item>();
  const toView = {
    iconPath: new vscode.ThemeIcon("list-tree"),
    tooltip: vscode.l10n.t("Show in the results view"),
  };
  let cancelling: vscode.CancellationTokenSource | null = null;
  let timer: NodeJS.Timeout | undefined;
  pick.title = vscode.l10n.t("assist: search");
  pick.placeholder = vscode.l10n.t('Names, words, "exact text", /regex/, lang:go, path:src, a stack trace');
  pick.buttons = [toView];

  const search = async (): Promise<void> => {
    cancelling?.cancel();
    const query = pick.value.trim();
    const client = session.client;
    if (query === "" || client === null) {
      pick.items = client === null ? [said(vscode.l10n.t("The server is not running."))] : [];
      return;
    }
    const mine = (cancelling = new vscode.CancellationTokenSource());
    pick.busy = true;
    try {
      const found = await request(client, "assist/search", { query }, mine.token);
      const notes = found.notes.map(said);
      pick.items = found.results.length > 0 ? found.results.map(itemOf) : notes;
    } catch (error) {
      if (!isCancelled(error)) pick.items = [said(messageOf(error))];
    } finally {
      if (cancelling === mine) pick.busy = false;
      mine.dispose();
    }
  };

  pick.onDidChangeValue(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), PAUSE_MS);
  });
  pick.onDidAccept(() => {
    const hit = pick.selectedItems[0]?.hit;
    if (hit === undefined) return;
    pick.hide();
    void openPlace(hit.uri, hit.target);
  });
  pick.onDidTriggerItemButton(({ item: { hit } }) => {
    if (hit !== undefined) void openPlace(hit.uri, hit.target, true, vscode.ViewColumn.Beside);
  });
  pick.onDidTriggerButton(() => {
    const query = pick.value.trim();
    pick.hide();
    if (query !== "") void results.search(query);
  });
  pick.onDidHide(() => {
    clearTimeout(timer);
    cancelling?.cancel();
    pick.dispose();
  });
  pick.show();
}

function itemOf(hit: Hit): Item {
  const line = hit.lines.find(({ line }) => line === hit.target.start.line) ?? hit.lines[0];
  return {
    label: `$(${iconOf(hit.kind)}) ${hit.name || hit.path.replace(/^.*\//, "")}`,
    description: `${hit.path}:${hit.target.start.line + 1} · ${hit.reason}`,
    ...(line ? { detail: line.text.trim() } : {}),
    buttons: [
      { iconPath: new vscode.ThemeIcon("split-horizontal"), tooltip: vscode.l10n.t("Open to the side") },
    ],
    alwaysShow: true,
    hit,
  };
}

function said(text: string): Item {
  return { label: `$(info) ${text}`, alwaysShow: true };
}
