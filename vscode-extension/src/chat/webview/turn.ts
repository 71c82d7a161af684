/** One question and its answer on the page. */

import type { AnswerEvent, ContextEvent, CopyNote, Hit } from "../../protocol";
import { filled } from "../filled";
import { copyHtml, copySentence, placeHtml, renderBlocks, renderPlain } from "../markdown";
import type { Outcome, Turn } from "../messages";
import type { Strings } from "../strings";
import { transcribe } from "../transcript";
import { element, showBlocks } from "./dom";

/** Shows a turn, and what comes to it. */
export class TurnView {
  readonly root: HTMLElement;
  private readonly places = element("div", { class: "places" });
  private readonly thinking = element("details", { class: "thinking" });
  private readonly thought = element("div");
  private readonly answer = element("div", { class: "answer" });
  private readonly end = element("div", { class: "end" });
  private events: AnswerEvent[];
  private isQueued = false;

  constructor(
    private turn: Turn,
    private readonly words: Strings,
  ) {
    this.events = [...turn.events];
    this.thinking.append(element("summary", {}, words.thinking), this.thought);
    this.thinking.hidden = true;
    this.root = element(
      "article",
      { "data-turn": String(turn.id), "aria-label": turn.question },
      element(
        "h2",
        { class: "question" },
        element("span", { class: "unseen" }, `${words.you}: `),
        turn.question,
      ),
      this.thinking,
      this.answer,
      this.places,
      this.end,
    );
    this.show();
  }

  /** Take in more of the answer. */
  add(events: readonly AnswerEvent[]): void {
    this.events.push(...events);
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame(() => {
      this.isQueued = false;
      this.show();
    });
  }

  /** Take in how it ended. */
  update(turn: Turn): void {
    this.turn = turn;
    if (turn.events.length >= this.events.length) this.events = [...turn.events];
    this.show();
  }

  /** Return the copy that a button names, and the code that it is about; null for a copy in a proposed change. */
  copyOf(button: HTMLElement): { copy: CopyNote; code: string } | null {
    const [number, place] = (button.dataset["copy"] ?? "").split(":").map(Number);
    const mark = transcribe(this.events).marks[number ?? NaN];
    const copy = mark?.kind === "copiedCode" ? mark.copies[place ?? NaN] : undefined;
    const before = [...this.answer.querySelectorAll(".code")]
      .filter((code) => code.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING)
      .at(-1);
    if (copy === undefined) return null;
    return { copy, code: before?.querySelector("code")?.textContent ?? "" };
  }

  private show(): void {
    const { state, outcome, error } = this.turn;
    this.root.setAttribute("aria-busy", String(state === "answering"));
    this.root.dataset["state"] = state;
    const thought = this.events.map((event) => (event.kind === "thinking" ? event.text : "")).join("");
    this.thinking.hidden = thought === "";
    this.thought.textContent = thought;
    const spoken = transcribe(this.events);
    const nothing = this.events.find((event) => event.kind === "nothingFound");
    if (spoken.source !== "" && !outcome?.edit) showBlocks(this.answer, renderBlocks(spoken, this.words));
    else showBlocks(this.answer, renderPlain(outcome?.text ?? nothing?.statement ?? "", this.words));
    this.showPlaces(outcome);
    this.end.replaceChildren(...this.ending(outcome, error));
  }

  private showPlaces(outcome: Outcome | null): void {
    const told = this.events.find((event) => event.kind === "passages");
    const hits = told?.passages ?? outcome?.passages ?? [];
    if (this.places.childElementCount === hits.length) return;
    this.places.replaceChildren(...hits.map(hitView));
  }

  private ending(outcome: Outcome | null, error: string): HTMLElement[] {
    const { words } = this;
    const parts: HTMLElement[] = [];
    if (this.turn.state === "answering") return [element("p", { class: "wait" }, words.answering)];
    if (error !== "") parts.push(element("p", { class: "error", role: "alert" }, error));
    if (this.turn.state === "stopped") parts.push(element("p", { class: "note" }, words.stopped));
    if (outcome?.findings.length) parts.push(findings(outcome));
    if (outcome?.edit) parts.push(...this.proposal(outcome));
    for (const note of outcome?.notes ?? []) parts.push(element("p", { class: "note" }, note));
    if (!this.events.some((event) => event.kind === "copiedCode")) {
      for (const copy of outcome?.copies ?? [])
        parts.push(
          element("p", {}, element("span", { class: `copy ${copy.verdict}` }, copySentence(copy, words))),
        );
    }
    const context = this.events.find((event) => event.kind === "context");
    const isIndex = this.events.some(({ kind }) => kind === "passages" || kind === "nothingFound");
    if (context !== undefined) parts.push(this.context(context, outcome));
    else if (isIndex) parts.push(element("p", { class: "note" }, words.nothingSent));
    parts.push(
      element(
        "div",
        { class: "actions" },
        ...(outcome?.text ? [button("copyAnswer", words.copyAnswer)] : []),
        button("retry", words.retry),
      ),
    );
    return parts;
  }

  private proposal(outcome: Outcome): HTMLElement[] {
    const { edit } = outcome;
    if (edit === null) return [];
    const parts = [
      element("p", {}, filled(this.words.changed, edit.path)),
      button("review", this.words.review),
    ];
    if (edit.command)
      parts.push(element("p", { class: "note" }, filled(this.words.changeCommand, edit.command)));
    (edit.copies ?? []).forEach((copy, place) => {
      const note = element("p");
      note.innerHTML = copyHtml(copy, `change:${place}`, this.words);
      parts.push(note);
    });
    return parts;
  }

  private context(context: ContextEvent, outcome: Outcome | null): HTMLElement {
    const { words } = this;
    const checked = outcome?.checked;
    const told = [
      checked ? filled(words.checked, checked.checked, checked.true) : "",
      outcome?.summary ?? `${context.model}, ${context.endpoint}`,
    ];
    const list = element("ul");
    for (const passage of context.passages) {
      const lines = passage.startLine > 0 ? `:${passage.startLine}-${passage.endLine}` : "";
      const item = element("li");
      const range = {
        start: { line: Math.max(0, passage.startLine - 1), character: 0 },
        end: { line: passage.endLine, character: 0 },
      };
      if (passage.uri) item.innerHTML = placeHtml(passage.path + lines, passage.path, passage.uri, range);
      else item.append(passage.path + lines);
      item.append(element("span", { class: "why-shown" }, ` ${passage.origin}`));
      list.append(item);
    }
    for (const reason of context.leftOut) list.append(element("li", {}, filled(words.leftOut, reason)));
    const secrets = Object.entries(context.redacted).map(([kind, count]) => `${kind} ${count}`);
    if (secrets.length > 0) list.append(element("li", {}, filled(words.redacted, secrets.join(", "))));
    const summary = element("summary", {}, told.filter(Boolean).join(" · ") || words.sent);
    return element("details", { class: "context" }, summary, list);
  }
}

function hitView(hit: Hit): HTMLElement {
  const view = element("div", { class: "hit" });
  const lines = `${hit.path}:${hit.range.start.line + 1}-${Math.max(hit.range.end.line, hit.range.start.line + 1)}`;
  view.innerHTML = placeHtml(lines, hit.path, hit.uri, hit.target);
  view.append(
    element("span", { class: "why-shown" }, ` ${[hit.name, hit.reason].filter(Boolean).join(" · ")}`),
  );
  if (hit.lines.length > 0) {
    const code = element("code");
    for (const line of hit.lines.slice(0, 6)) {
      code.append(element("span", { class: "number" }, String(line.line + 1)), `${line.text}\n`);
    }
    view.append(element("pre", { tabindex: "0", role: "region", "aria-label": lines }, code));
  }
  return view;
}

function findings(outcome: Outcome): HTMLElement {
  const list = element("ul");
  for (const finding of outcome.findings) {
    const item = element("li");
    const place = `${finding.path}:${finding.range.start.line + 1}`;
    item.innerHTML = placeHtml(place, place, finding.uri, finding.range);
    item.append(` ${finding.text}`);
    list.append(item);
  }
  return list;
}

function button(action: string, label: string): HTMLButtonElement {
  return element("button", { type: "button", "data-action": action }, label);
}
