/** Where the question is written: Enter asks, `@` and `/` offer what can be put in, the up key brings back questions. */

import type { Offer, PageState } from "../messages";
import type { Strings } from "../strings";
import { element } from "./dom";

/** What the composer needs from the page. */
export interface Composing {
  ask(text: string): void;
  stop(): void;
  mention(sequence: number, prefix: string): void;
  changed(text: string): void;
}

const WORD = /(^|\s)([@/][^\s@]*)$/;

/** The text field with its list of offers. */
export class Composer {
  readonly root: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly list = element("ul", { class: "offers", id: "offers", role: "listbox" });
  private readonly button: HTMLButtonElement;
  private offers: readonly Offer[] = [];
  private chosen = 0;
  private sequence = 0;
  private recipes: readonly Offer[] = [];
  private asked: string[] = [];
  private back = 0;
  private isAnswering = false;

  constructor(
    private readonly words: Strings,
    private readonly page: Composing,
  ) {
    this.input = element("textarea", {
      rows: "3",
      "aria-label": words.question,
      placeholder: words.placeholder,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": "offers",
    });
    this.list.setAttribute("aria-label", words.offers);
    this.list.hidden = true;
    this.button = element("button", { type: "submit", class: "primary" }, words.ask);
    this.root = element("form", { class: "composer" }, this.list, this.input, this.button);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = (event.target as Element).closest("li");
      if (item) this.take(Number(item.dataset["place"]));
    });
  }

  /** What is written in the field. */
  get draft(): string {
    return this.input.value;
  }

  /** Put the cursor into the field. */
  focus(): void {
    this.input.focus();
  }

  /** Write a text into the field. */
  set(text: string): void {
    this.input.value = text;
    this.input.setSelectionRange(text.length, text.length);
    this.page.changed(text);
  }

  /** Take in what was asked before. */
  remember(questions: readonly string[]): void {
    this.asked = [...questions];
    this.back = 0;
  }

  /** Take in what can be done. */
  update(state: PageState, isAnswering: boolean): void {
    this.recipes = state.recipes;
    this.isAnswering = isAnswering;
    this.button.textContent = isAnswering ? this.words.stop : this.words.ask;
    this.button.disabled = !isAnswering && state.unavailable !== "";
  }

  /** Show what the extension offers for what is being written. */
  offer(sequence: number, offers: readonly Offer[]): void {
    if (sequence === this.sequence) this.open(offers);
  }

  private submit(): void {
    if (this.isAnswering) {
      this.page.stop();
      return;
    }
    const text = this.input.value.trim();
    if (text === "" || this.button.disabled) return;
    this.asked.push(text);
    this.back = 0;
    this.set("");
    this.close();
    this.page.ask(text);
  }

  private typed(): void {
    this.page.changed(this.input.value);
    this.sequence += 1;
    const before = this.input.value.slice(0, this.input.selectionStart);
    const word = WORD.exec(before)?.[2] ?? "";
    if (word.startsWith("@")) this.page.mention(this.sequence, word.slice(1));
    else if (word.startsWith("/") && before === word) {
      this.open(this.recipes.filter((recipe) => recipe.insert.startsWith(word)));
    } else this.close();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const isOpen = !this.list.hidden;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark((this.chosen + step + this.offers.length) % this.offers.length);
    } else if (isOpen && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey)
      this.take(this.chosen);
    else if (isOpen && event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey) this.submit();
    else if (event.key === "Escape" && this.isAnswering) this.page.stop();
    else if (event.key === "ArrowUp" && (this.input.value === "" || this.back > 0)) this.recall(1);
    else if (event.key === "ArrowDown" && this.back > 0) this.recall(-1);
    else return;
    event.preventDefault();
  }

  private recall(step: number): void {
    this.back = Math.max(0, Math.min(this.asked.length, this.back + step));
    this.set(this.back === 0 ? "" : (this.asked[this.asked.length - this.back] ?? ""));
  }

  private open(offers: readonly Offer[]): void {
    this.offers = offers;
    this.list.replaceChildren(
      ...offers.map((offer, place) =>
        element(
          "li",
          { role: "option", id: `offer-${place}`, "data-place": String(place) },
          element("span", { class: "label" }, offer.label),
          element("span", { class: "detail" }, offer.detail),
        ),
      ),
    );
    this.list.hidden = offers.length === 0;
    if (offers.length > 0) this.mark(0);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    if (!this.list.hidden) this.open([]);
  }

  private mark(place: number): void {
    this.chosen = place;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
    this.list.children[place]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `offer-${place}`);
  }

  private take(place: number): void {
    const offer = this.offers[place];
    if (offer === undefined) return;
    const at = this.input.selectionStart;
    const before = this.input.value
      .slice(0, at)
      .replace(WORD, (_, space: string) => space + offer.insert + " ");
    this.input.value = before + this.input.value.slice(at);
    this.input.setSelectionRange(before.length, before.length);
    this.close();
    this.page.changed(this.input.value);
  }
}
