/** Typed requests to the server: names, parameters and results belong together as `protocol.ts` declares them. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import type { AssistNotifications, AssistRequests } from "../protocol";

type Requests = AssistRequests;
type Streaming = {
  [M in keyof Requests]: Requests[M]["streamed"] extends never ? never : M;
}[keyof Requests];

let tokens = 0;
/** A missing token would be sent as a parameter. */
const NEVER = new vscode.CancellationTokenSource().token;

/** Ask the server. */
export function request<M extends keyof Requests>(
  client: LanguageClient,
  method: M,
  params: Requests[M]["params"],
  token?: vscode.CancellationToken,
): Promise<Requests[M]["result"]> {
  return client.sendRequest<Requests[M]["result"]>(method, params, token ?? NEVER);
}

/** Ask the server for an answer that comes in pieces; each is handed on as it comes. */
export async function stream<M extends Streaming>(
  client: LanguageClient,
  method: M,
  params: Requests[M]["params"],
  onPiece: (piece: Requests[M]["streamed"]) => void,
  token?: vscode.CancellationToken,
): Promise<Requests[M]["result"]> {
  const { ProgressType } = await import("vscode-languageclient/node");
  const partialResultToken = `assist-vscode/${++tokens}`; // the server numbers its own
  const listening = client.onProgress(
    new ProgressType<Requests[M]["streamed"]>(),
    partialResultToken,
    onPiece,
  );
  try {
    return await client.sendRequest<Requests[M]["result"]>(
      method,
      { ...params, partialResultToken },
      token ?? NEVER,
    );
  } finally {
    listening.dispose();
  }
}

/** Tell the server something. */
export function notify<N extends keyof AssistNotifications>(
  client: LanguageClient,
  method: N,
  params: AssistNotifications[N],
): Promise<void> {
  return client.sendNotification(method, params);
}

/** Whether a request has failed because it was cancelled. */
export function isCancelled(error: unknown): boolean {
  const CANCELLED: unknown[] = [-32800, -32802];
  return (
    error instanceof Error &&
    (error.name === "Canceled" || ("code" in error && CANCELLED.includes(error.code)))
  );
}

/** What to tell the user of an error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
