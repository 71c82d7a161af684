/**
 * The connection to one server: finds it, starts it, starts it again when it ends unexpectedly, and says so.
 *
 * Everything that wants the server asks {@link Session.client}; what happens to it is told by {@link Session.onDidChange}.
 */

import * as vscode from "vscode";
import type * as Library from "vscode-languageclient/node";
import type { LanguageClient, ProgressToken } from "vscode-languageclient/node";

import type { SuggestionFilter } from "../completion/filter";
import { Resting } from "../completion/resting";
import type { ServerStatus } from "../protocol";
import { configuredServer, OWN_SETTINGS } from "../settings";
import type { Typing } from "../typing/typing";
import { Crashes } from "./crashes";
import { findServer, type Found, type Search } from "./finding";
import { messageOf } from "./requests";
import { workspaceFolders } from "./situation";

/** Copied code is looked for when nothing was typed for so long. */
const QUIET_MS = 400;

/** How the server fares, as far as the extension itself knows. */
export type Connection =
  | { readonly kind: "stopped" }
  | { readonly kind: "searching" }
  | { readonly kind: "missing"; readonly search: Search }
  | { readonly kind: "starting"; readonly server: Found }
  | { readonly kind: "running"; readonly server: Found; readonly status: ServerStatus | null }
  | { readonly kind: "failed"; readonly server: Found; readonly message: string };

/** One server and the connection to it. */
export class Session implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Connection>();
  /** Fires whenever {@link connection} is another. */
  readonly onDidChange = this.changed.event;

  private current: Connection = { kind: "stopped" };
  private running: LanguageClient | null = null;
  private readonly crashes = new Crashes();
  private readonly resting: Resting;
  private work = new Set<ProgressToken>();
  private queue: Promise<void> = Promise.resolve();
  private readonly taken = new Map<string, (argument: unknown) => Promise<void>>();

  constructor(
    private readonly log: vscode.LogOutputChannel,
    readonly suggestions: SuggestionFilter,
    readonly typing: Typing,
  ) {
    this.resting = new Resting(typing);
  }

  /** How the server fares. */
  get connection(): Connection {
    return this.current;
  }

  /** The client, if the server answers; null otherwise. */
  get client(): LanguageClient | null {
    return this.current.kind === "running" ? this.running : null;
  }

  /** Whether the server is at work that the user can stop. */
  get hasWork(): boolean {
    return this.work.size > 0;
  }

  /** Carry out a command that the server's answers name here, instead of there. */
  takeCommand(name: string, act: (argument: unknown) => Promise<void>): void {
    this.taken.set(name, act);
  }

  /** Return the client, or tell the user why there is none. */
  orTell(): LanguageClient | null {
    if (this.client === null) {
      void vscode.commands.executeCommand("assist.showMenu");
    }
    return this.client;
  }

  /** Start the server; one after another with whatever is under way. */
  start(): Promise<void> {
    return this.after(() => this.begin());
  }

  /** Stop the server and start it again, perhaps another one. */
  restart(): Promise<void> {
    this.crashes.forget();
    return this.after(async () => {
      await this.end();
      await this.begin();
    });
  }

  /** Ask the server to end what it is working on in the background. */
  stopWork(): void {
    for (const token of this.work) {
      void this.running?.sendNotification("window/workDoneProgress/cancel", { token });
    }
  }

  /** Stop the server; answered when it has ended. */
  stop(): Promise<void> {
    return this.after(() => this.end());
  }

  dispose(): void {
    this.resting.dispose();
    this.changed.dispose();
  }

  private after(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error: unknown) => {
      this.log.error(messageOf(error));
    });
    return this.queue;
  }

  private set(connection: Connection): void {
    const wasRunning = this.current.kind === "running";
    const isRunning = connection.kind === "running";
    this.current = connection;
    if (isRunning !== wasRunning)
      void vscode.commands.executeCommand("setContext", "assist.isRunning", isRunning);
    this.changed.fire(connection);
  }

  private async begin(): Promise<void> {
    if (this.running !== null) return;
    this.set({ kind: "searching" });
    const search = await findServer({
      configured: configuredServer(),
      folders: workspaceFolders(),
      isTrusted: vscode.workspace.isTrusted,
    });
    for (const { file, why, said } of search.refused)
      this.log.info(`not used: ${file} (${why}: ${said.trim()})`);
    if (search.found === null) {
      this.log.info("the server was not found");
      this.set({ kind: "missing", search });
      return;
    }
    const server = search.found;
    this.log.info(`server: ${server.file} ${server.version} (${server.origin})`);
    this.set({ kind: "starting", server });
    // Loaded only here: it is most of the extension's code, and would be most of its activation.
    const client = this.made(server, await import("vscode-languageclient/node"));
    this.running = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(`the server did not start: ${messageOf(error)}`);
      this.set({ kind: "failed", server, message: messageOf(error) });
    }
  }

  private async end(): Promise<void> {
    const client = this.running;
    this.running = null;
    this.work.clear();
    if (client !== null) {
      if (client.isRunning()) await client.stop();
      await client.dispose();
    }
    this.set({ kind: "stopped" });
  }

  private made(server: Found, library: typeof Library): LanguageClient {
    const { CloseAction, ErrorAction, LanguageClient, State } = library;
    let crashed = false;
    const client = new LanguageClient(
      "assist",
      "assist",
      { command: server.file, args: ["lsp"], options: { env: { ...process.env, PYTHONUNBUFFERED: "1" } } },
      {
        documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
        outputChannel: this.log,
        diagnosticCollectionName: "assist",
        initializationFailedHandler: () => false,
        errorHandler: {
          error: () => ({ action: ErrorAction.Continue, handled: true }),
          closed: () => {
            const again = this.crashes.happened(Date.now());
            crashed = true;
            this.work.clear();
            const message = vscode.l10n.t("The server ended unexpectedly.");
            if (again) this.set({ kind: "starting", server });
            else this.givenUp(server, message);
            return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, message, handled: true };
          },
        },
        middleware: {
          handleWorkDoneProgress: (token, params, next) => {
            // The status item shows it; a second place, or a notification at each start, would be noise.
            if (params.kind === "begin") this.work.add(token);
            else if (params.kind === "end") this.work.delete(token);
            else if (!this.work.has(token)) next(token, params);
          },
          provideInlineCompletionItems: (document, position, context, token, next) =>
            this.suggestions.allows(document)
              ? this.resting.provide(document, position, context, token, next)
              : [],
          provideCompletionItem: (document, position, context, token, next) =>
            this.suggestions.allows(document) ? next(document, position, context, token) : [],
          // The library asks at each key, and at once again when that was cancelled.
          provideDiagnostics: async (document, before, token, next) => {
            if (!(await this.typing.quiet(QUIET_MS, token))) throw new vscode.CancellationError();
            return next(document, before, token);
          },
          executeCommand: (name, given, next) => {
            const act = this.taken.get(name);
            return act ? act(given[0]) : (next(name, given) as unknown);
          },
          workspace: {
            configuration: async (params, token, next) => {
              const answer: unknown = await next(params, token);
              return Array.isArray(answer) ? answer.map(withoutOwn) : [];
            },
          },
        },
      },
    );
    // What the editor asks for by itself, such as symbols, may fail without a notification: the log and the status tell.
    const handle = client.handleFailedRequest.bind(client);
    client.handleFailedRequest = (type, token, error, otherwise) =>
      handle(type, token, error, otherwise, false);
    client.onDidChangeState(({ newState }) => {
      if (newState !== State.Running || this.running !== client) return;
      if (this.current.kind !== "running") this.set({ kind: "running", server, status: null });
      if (crashed) {
        crashed = false;
        void this.sayRestarted();
      }
    });
    client.onNotification("assist/serverStatus", (status: ServerStatus) => {
      if (this.running === client) this.set({ kind: "running", server, status });
    });
    return client;
  }

  private async sayRestarted(): Promise<void> {
    const showLog = vscode.l10n.t("Show Log");
    const said = vscode.l10n.t("assist: the server ended unexpectedly and was started again.");
    this.log.warn(said);
    if ((await vscode.window.showWarningMessage(said, showLog)) === showLog) this.log.show();
  }

  private givenUp(server: Found, message: string): void {
    this.set({ kind: "failed", server, message });
    const [restart, showLog] = [vscode.l10n.t("Restart"), vscode.l10n.t("Show Log")];
    const said = vscode.l10n.t("assist: the server keeps ending unexpectedly; the log tells why.");
    void vscode.window.showErrorMessage(said, restart, showLog).then((chosen) => {
      if (chosen === restart) void this.restart();
      else if (chosen === showLog) this.log.show();
    });
  }
}

/** Leave out of the settings what only the extension reads. */
function withoutOwn(settings: unknown): unknown {
  if (typeof settings !== "object" || settings === null) return settings;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !OWN_SETTINGS.has(name)));
}
