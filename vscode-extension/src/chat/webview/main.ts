/** The chat's page. It shows what the extension tells it and says what the user does; it decides nothing. */

import type { FromPage, PageState, ToPage, Turn } from "../messages";
import type { Range } from "../../protocol";
import type { Strings } from "../strings";
import { followChords } from "./chords";
import { Composer } from "./composer";
import { element } from "./dom";
import { TurnView } from "./turn";

interface Saved {
  readonly draft: string;
}

const host = acquireVsCodeApi<Saved>();
const words = JSON.parse(document.body.dataset["strings"] ?? "{}") as Strings;
const say = (message: FromPage): void => host.postMessage(message);

const views = new Map<number, TurnView>();
let turns: Turn[] = [];
let state: PageState = { model: "", unavailable: "", recipes: [] };

const welcome = element(
  "div",
  { class: "welcome" },
  element("p", {}, words.welcome),
  element("p", { class: "note" }, words.welcomeKeys),
);
const unavailable = element("p", { class: "warning", role: "status" });
const log = element("section", { class: "turns", "aria-label": words.conversation, tabindex: "-1" });
const announcement = element("div", { class: "unseen", role: "status" });
const model = element("button", { type: "button", class: "model", title: words.model });
const preview = element("button", { type: "button", class: "preview" }, words.preview);
const composer = new Composer(words, {
  ask: (text) => say({ type: "ask", text }),
  stop: () => say({ type: "stop" }),
  mention: (sequence, prefix) => say({ type: "mention", sequence, prefix }),
  changed: (draft) => host.setState({ draft }),
});

document.body.append(
  element("main", {}, element("h1", { class: "unseen" }, "assist"), welcome, log),
  element(
    "footer",
    {},
    unavailable,
    announcement,
    composer.root,
    element("div", { class: "below" }, model, preview),
  ),
);
model.addEventListener("click", () => say({ type: "chooseModel" }));
preview.addEventListener("click", () => say({ type: "preview", question: composer.draft }));

window.addEventListener("message", (event: MessageEvent<ToPage>) => {
  const message = event.data;
  switch (message.type) {
    case "state":
      state = message.state;
      break;
    case "turns":
      turns = [...message.turns];
      views.clear();
      log.replaceChildren();
      for (const turn of turns) put(turn);
      composer.remember(turns.map((turn) => turn.question));
      break;
    case "turn":
      put(message.turn);
      break;
    case "events": {
      const atEnd = isAtEnd();
      views.get(message.id)?.add(message.events);
      if (atEnd) requestAnimationFrame(scrollToEnd);
      return;
    }
    case "offers":
      composer.offer(message.sequence, message.offers);
      return;
    case "compose":
      if (message.text !== null) composer.set(message.text);
      composer.focus();
      return;
  }
  showState();
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const link = target?.closest<HTMLElement>("a");
  const button = target?.closest<HTMLElement>("button[data-action]");
  if (link) {
    event.preventDefault();
    const { uri, range, url } = link.dataset;
    if (uri && range) say({ type: "open", uri, range: JSON.parse(range) as Range });
    else if (url) say({ type: "browse", url });
  } else if (button) act(button);
});

function act(button: HTMLElement): void {
  const code = button.closest(".code")?.querySelector("code")?.textContent ?? "";
  const id = Number(button.closest<HTMLElement>("[data-turn]")?.dataset["turn"]);
  switch (button.dataset["action"]) {
    case "copy":
      say({ type: "copy", text: code });
      break;
    case "insert":
      say({ type: "insert", text: code });
      break;
    case "apply":
      say({ type: "apply", text: code });
      break;
    case "copyAnswer":
      say({ type: "copy", text: turns.find((turn) => turn.id === id)?.outcome?.text ?? "" });
      break;
    case "retry":
      say({ type: "retry", id });
      break;
    case "review":
      say({ type: "review", id });
      break;
    case "compare":
      compare(button, id);
      break;
  }
}

function compare(button: HTMLElement, id: number): void {
  const [where, place] = (button.dataset["copy"] ?? "").split(":");
  const found = views.get(id)?.copyOf(button);
  if (where === "change") say({ type: "compareChange", id, place: Number(place) });
  else if (found) say({ type: "compare", ...found });
}

function put(turn: Turn): void {
  const known = turns.some(({ id }) => id === turn.id);
  turns = known ? turns.map((item) => (item.id === turn.id ? turn : item)) : [...turns, turn];
  const view = views.get(turn.id);
  const atEnd = isAtEnd();
  if (view === undefined) {
    const made = new TurnView(turn, words);
    views.set(turn.id, made);
    log.append(made.root);
    made.root.scrollIntoView({ block: "start" });
  } else {
    view.update(turn);
    if (atEnd) scrollToEnd();
  }
  announce(turn);
}

function announce(turn: Turn): void {
  const said = {
    answering: words.answering,
    done: words.answered,
    stopped: words.stopped,
    failed: turn.error,
  };
  announcement.textContent = said[turn.state];
}

function showState(): void {
  welcome.hidden = turns.length > 0;
  unavailable.textContent = state.unavailable;
  unavailable.hidden = state.unavailable === "";
  model.textContent = state.model || words.indexAlone;
  model.setAttribute("aria-label", `${words.model}: ${state.model || words.indexAlone}`);
  composer.update(state, turns.at(-1)?.state === "answering");
}

function isAtEnd(): boolean {
  const { scrollTop, scrollHeight, clientHeight } = document.querySelector("main") ?? document.body;
  return scrollHeight - scrollTop - clientHeight < 40;
}

function scrollToEnd(): void {
  const main = document.querySelector("main");
  main?.scrollTo({ top: main.scrollHeight });
}

followChords(document);
composer.set(host.getState()?.draft ?? "");
showState();
say({ type: "ready" });
