/**
 * One conversation: asks the server, keeps what was said, and tells what changes. Knows nothing of how it is shown.
 *
 * A question that begins with `/NAME` runs the recipe of that name on what is selected in the editor.
 */

import * as vscode from "vscode";

import type {
  Answer,
  AnswerEvent,
  Chat,
  ChatTurn,
  EditProposal,
  RecipeInfo,
  RecipeResult,
  RecipeRunParams,
} from "../protocol";
import { isCancelled, messageOf, request, stream } from "../server/requests";
import type { Session } from "../server/session";
import { chosenModel } from "../settings";
import type { Outcome, Turn } from "./messages";
import { Pace } from "./pace";
import { currentSelection, recipeParams } from "./parameters";

/** What the listener of a conversation hears. */
export interface Listener {
  turnChanged(turn: Turn): void;
  eventsCame(id: number, events: readonly AnswerEvent[]): void;
  turnsReplaced(turns: readonly Turn[]): void;
  editProposed(edit: EditProposal): void;
}

/** A conversation with the server. */
export class Conversation implements vscode.Disposable {
  private turns: Turn[] = [];
  private chatId: string | null = null;
  private stopping: vscode.CancellationTokenSource | null = null;
  private answering: Promise<void> = Promise.resolve();
  private count = 0;
  private readonly pace = new Pace();
  /** Whom the chat was opened for, by the settings as they were. */
  private openedFor = "";

  constructor(
    private readonly session: Session,
    private readonly listener: Listener,
  ) {}

  /** Everything that was said. */
  get all(): readonly Turn[] {
    return this.turns;
  }

  /** Whether an answer is on its way. */
  get isAnswering(): boolean {
    return this.stopping !== null;
  }

  /** The chat's id; null before its first question. */
  get id(): string | null {
    return this.chatId;
  }

  /** Ask; a recipe if the question is its name with a slash. */
  async ask(question: string, recipes: readonly RecipeInfo[]): Promise<void> {
    const recipe = /^\/([\w-]+)(?:\s+([\s\S]*))?$/.exec(question.trim());
    const info = recipes.find(({ name }) => name === recipe?.[1]);
    if (info === undefined) {
      await this.turn(question, (onEvent, token) => this.answered(question, onEvent, token));
    } else {
      const params = await recipeParams(info, recipe?.[2]?.trim() ?? "");
      if (params !== undefined) await this.run(params, question);
    }
  }

  /** Run a recipe as a turn of the conversation. */
  async run(params: RecipeRunParams, question: string): Promise<void> {
    await this.turn(question, async (onEvent, token) => {
      const result = await stream(
        this.client(),
        "assist/recipes/run",
        { ...chosenModel(), ...params },
        onEvent,
        token,
      );
      if (result.edit) this.listener.editProposed(result.edit);
      return outcomeOfRecipe(result);
    });
  }

  /** Ask the last question again, in the place of its answer. */
  async retry(id: number, recipes: readonly RecipeInfo[]): Promise<void> {
    const turn = this.turns.find((item) => item.id === id);
    if (turn === undefined || this.isAnswering) return;
    this.turns = this.turns.filter((item) => item !== turn);
    this.listener.turnsReplaced(this.turns);
    await this.ask(turn.question, recipes);
  }

  /** End the answer that is on its way. */
  stop(): void {
    this.stopping?.cancel();
  }

  /** Begin anew. */
  clear(): void {
    this.stop();
    this.turns = [];
    this.chatId = null;
    this.listener.turnsReplaced(this.turns);
  }

  /** Go on with a saved chat, perhaps with another model. */
  async resume(chatId: string): Promise<void> {
    this.stop();
    const chat = await this.opened(chatId);
    this.turns = chat.turns.map((turn) => this.saved(turn));
    this.listener.turnsReplaced(this.turns);
  }

  /** Go on with the chat after the server was started again, or with another backend; anew if it was not saved. */
  async reconnected(): Promise<void> {
    if (this.chatId === null) return;
    try {
      await this.opened(this.chatId);
    } catch {
      this.chatId = null;
    }
  }

  dispose(): void {
    this.stop();
  }

  private client(): NonNullable<Session["client"]> {
    const client = this.session.client;
    if (client === null)
      throw new Error(vscode.l10n.t("The server is not running; the status item tells why."));
    return client;
  }

  private async answered(
    question: string,
    onEvent: (event: AnswerEvent) => void,
    token: vscode.CancellationToken,
  ): Promise<Outcome> {
    if (this.chatId !== null && this.openedFor !== nameOfChosen()) await this.reconnected();
    const chatId = this.chatId ?? (await this.opened(null, token)).chatId;
    const params = { chatId, question, selection: currentSelection() };
    return outcomeOf(await stream(this.client(), "assist/chat/turn", params, onEvent, token));
  }

  /** Open a chat for whom the settings name: a saved one, or a new one. */
  private async opened(resume: string | null, token?: vscode.CancellationToken): Promise<Chat> {
    const openedFor = nameOfChosen();
    const chat = await request(this.client(), "assist/chat/create", { resume, ...chosenModel() }, token);
    this.openedFor = openedFor;
    this.chatId = chat.chatId;
    return chat;
  }

  /** Whether another answer may begin: the user decides about one that is on its way. */
  private async isFree(): Promise<boolean> {
    if (this.stopping?.token.isCancellationRequested) await this.answering;
    if (!this.isAnswering) return true;
    const stop = vscode.l10n.t("Stop It");
    const said = vscode.l10n.t("assist: another answer is on its way.");
    if ((await vscode.window.showInformationMessage(said, stop)) !== stop) return false;
    this.stop();
    await this.answering;
    return !this.isAnswering;
  }

  /** Show a question and what comes of it. */
  private async turn(
    question: string,
    work: (onEvent: (event: AnswerEvent) => void, token: vscode.CancellationToken) => Promise<Outcome>,
  ): Promise<void> {
    if (!(await this.isFree())) return;
    this.answering = this.taken(question, work, new vscode.CancellationTokenSource());
    await this.answering;
  }

  private async taken(
    question: string,
    work: (onEvent: (event: AnswerEvent) => void, token: vscode.CancellationToken) => Promise<Outcome>,
    stopping: vscode.CancellationTokenSource,
  ): Promise<void> {
    this.stopping = stopping;
    const events: AnswerEvent[] = [];
    let waiting: AnswerEvent[] = [];
    let timer: NodeJS.Timeout | undefined;
    let turn: Turn = { id: ++this.count, question, events, state: "answering", outcome: null, error: "" };
    const flush = (): void => {
      clearTimeout(timer);
      timer = undefined;
      this.pace.drawn(Date.now());
      if (waiting.length > 0) this.listener.eventsCame(turn.id, waiting);
      waiting = [];
    };
    this.turns = [...this.turns, turn];
    this.listener.turnChanged(turn);
    try {
      const outcome = await work((event) => {
        events.push(event);
        waiting.push(event);
        timer ??= setTimeout(flush, this.pace.waitMs(Date.now(), this.session.typing.isTyping));
      }, stopping.token);
      turn = { ...turn, state: "done", outcome };
    } catch (error) {
      const stopped = stopping.token.isCancellationRequested || isCancelled(error);
      turn = stopped ? { ...turn, state: "stopped" } : { ...turn, state: "failed", error: messageOf(error) };
    } finally {
      flush();
      this.stopping = null;
      stopping.dispose();
    }
    if (this.turns.some(({ id }) => id === turn.id)) {
      this.turns = this.turns.map((item) => (item.id === turn.id ? turn : item));
      this.listener.turnChanged(turn);
    }
  }

  private saved(turn: ChatTurn): Turn {
    return {
      id: ++this.count,
      question: turn.question,
      events: [],
      state: turn.complete === false ? "stopped" : "done",
      outcome: { ...NOTHING, text: turn.answer },
      error: "",
    };
  }
}

/** A name for whom the settings name, to compare. */
function nameOfChosen(): string {
  return JSON.stringify(chosenModel());
}

const NOTHING: Outcome = {
  text: "",
  passages: [],
  findings: [],
  notes: [],
  checked: null,
  summary: "",
  model: "",
  edit: null,
  copies: [],
};

function outcomeOf(answer: Answer): Outcome {
  return {
    ...NOTHING,
    text: answer.answer,
    passages: answer.passages,
    notes: answer.notes,
    checked: answer.checked ?? null,
    summary: answer.summary ?? "",
    model: answer.model ?? "",
    copies: answer.copies ?? [],
  };
}

function outcomeOfRecipe(result: RecipeResult): Outcome {
  return {
    ...NOTHING,
    text: result.outcome === "refused" ? "" : result.text,
    findings: result.findings ?? [],
    notes: result.notes ?? [],
    checked: result.citations ?? null,
    summary: result.sent ?? "",
    model: result.model ?? "",
    edit: result.edit ?? null,
    copies: result.copies ?? [],
  };
}
