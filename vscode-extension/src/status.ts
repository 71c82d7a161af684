/** The status item: three words on what the server is doing, and a menu behind them. */

import * as vscode from "vscode";

import type { SuggestionFilter } from "./completion/filter";
import type { Connection, Session } from "./server/session";
import { isTooOld, tooOld } from "./server/situation";
import { OLDEST_SERVER } from "./server/version";

/** What a status item shows. */
export interface Shown {
  readonly text: string;
  readonly tooltip: string;
  readonly level: "ok" | "warning" | "error";
}

/** Keeps the status item in step with the session. */
export class StatusItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly session: Session,
    private readonly suggestions: SuggestionFilter,
  ) {
    this.item = vscode.window.createStatusBarItem("assist.status", vscode.StatusBarAlignment.Right, 90);
    this.item.name = vscode.l10n.t("assist");
    this.item.command = "assist.showMenu";
    this.listeners = [session.onDidChange(() => this.update()), suggestions.onDidChange(() => this.update())];
    this.update();
    this.item.show();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private update(): void {
    const shown = describe(this.session.connection);
    const snoozed = this.suggestions.isSnoozed;
    this.item.text = snoozed ? `$(bell-slash) ${shown.text.replace(/^\$\([^)]*\) /, "")}` : shown.text;
    const until = this.suggestions.snoozedUntil.toLocaleTimeString([], {
      hour: "2-digit",
      minute: "2-digit",
    });
    this.item.tooltip = snoozed
      ? `${shown.tooltip}\n${vscode.l10n.t("Suggestions are snoozed until {0}.", until)}`
      : shown.tooltip;
    const said = this.item.text.replace(/\$\([^)]*\) ?/g, "");
    this.item.accessibilityInformation = {
      label: snoozed ? `${said}, ${vscode.l10n.t("Suggestions are snoozed until {0}.", until)}` : said,
      role: "button",
    };
    const colours = { error: "statusBarItem.errorBackground", warning: "statusBarItem.warningBackground" };
    this.item.backgroundColor =
      shown.level === "ok" ? undefined : new vscode.ThemeColor(colours[shown.level]);
  }
}

/** Put into words how the server fares. */
export function describe(connection: Connection): Shown {
  switch (connection.kind) {
    case "stopped":
      return {
        text: `$(circle-slash) ${vscode.l10n.t("assist: stopped")}`,
        tooltip: vscode.l10n.t("The server is not running."),
        level: "ok",
      };
    case "searching":
    case "starting":
      return {
        text: `$(loading~spin) ${vscode.l10n.t("assist: starting")}`,
        tooltip: vscode.l10n.t("The server is starting."),
        level: "ok",
      };
    case "missing":
      return {
        text: `$(warning) ${missingText(connection)}`,
        tooltip: missingReason(connection),
        level: "warning",
      };
    case "failed":
      return {
        text: `$(error) ${vscode.l10n.t("assist: error")}`,
        tooltip: connection.message,
        level: "error",
      };
    case "running":
      break;
  }
  const { status, server } = connection;
  if (status === null) {
    return {
      text: `$(loading~spin) ${vscode.l10n.t("assist: starting")}`,
      tooltip: server.file,
      level: "ok",
    };
  }
  const icons = {
    starting: "loading~spin",
    indexing: "sync",
    ready: status.health !== "ok" ? "warning" : status.completion === "learning" ? "sync" : "check",
    offline: "debug-disconnect",
    error: "error",
  };
  const about = vscode.l10n.t("Server {0}", server.version);
  return {
    text: `$(${icons[status.state]}) ${status.text}`,
    tooltip: status.message ? `${status.message}\n${about}` : about,
    level: status.health,
  };
}

function missingText(connection: Connection): string {
  if (isTooOld(connection)) return vscode.l10n.t("assist: too old");
  return vscode.workspace.isTrusted
    ? vscode.l10n.t("assist: not installed")
    : vscode.l10n.t("assist: not trusted");
}

/** Say why there is no server. */
export function missingReason(connection: Connection): string {
  const old = tooOld(connection);
  if (old !== undefined) {
    return vscode.l10n.t(
      "{0} is version {1}; version {2} or newer is needed.",
      old.file,
      old.said,
      OLDEST_SERVER,
    );
  }
  return vscode.workspace.isTrusted
    ? vscode.l10n.t("The program `assist` was not found.")
    : vscode.l10n.t(
        "This folder is not trusted: only a server that you set in your own settings is started.",
      );
}
