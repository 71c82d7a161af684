/** Where the editor is, for finding and installing the server; and what a search for it says. */

import * as vscode from "vscode";

import type { Refused } from "./finding";
import type { Connection } from "./session";

/** The paths of the workspace's folders on this disk. */
export function workspaceFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ uri }) => uri.fsPath);
}

/** The server that was found but is too old; undefined if there is none. */
export function tooOld(connection: Connection): Refused | undefined {
  return connection.kind === "missing"
    ? connection.search.refused.find(({ why }) => why === "old")
    : undefined;
}

/** Whether the only thing that is wrong is that the server is too old. */
export function isTooOld(connection: Connection): boolean {
  return tooOld(connection) !== undefined;
}
