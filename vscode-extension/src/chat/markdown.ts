/**
 * Renders answers: Markdown to HTML, block by block. Pure.
 *
 * What a model writes is not trusted: HTML in it is text, pictures are their descriptions, links lead nowhere by themselves
 * (the page hands them to the extension, which shows the address first) and only to `http` and `https`.
 */

import MarkdownIt from "markdown-it";

import type { CopyNote } from "../protocol";
import { filled } from "./filled";
import { blockMarks, MARK, transcribe, withoutMarks, type Marked, type Transcript } from "./transcript";

/** The words that the renderer needs. */
export interface Words {
  readonly copy: string;
  readonly insert: string;
  readonly apply: string;
  readonly code: string;
  readonly untrue: string;
  readonly copied: string;
  readonly alike: string;
  readonly policy: string;
  readonly compare: string;
}

interface Env {
  readonly marks: readonly Marked[];
  readonly words: Words;
}

/** What markdown-it hands to the rules; it is always given here. */
function known(env: unknown): Env {
  return env as Env;
}

const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
const escape = md.utils.escapeHtml;

md.validateLink = (url) => /^https?:\/\//i.test(url);

const rules = md.renderer.rules;
rules["text"] = (tokens, index, _, env) => {
  const { marks, words } = known(env);
  return escape(tokens[index]?.content ?? "").replace(MARK, (_all, number: string) => {
    const mark = marks[Number(number)];
    return mark === undefined ? "" : markHtml(mark, Number(number), words);
  });
};
rules["image"] = (tokens, index, _, env) =>
  escape(withoutMarks(tokens[index]?.content ?? "", known(env).marks));
rules["link_open"] = (tokens, index) => {
  const url = String(tokens[index]?.attrGet("href") ?? "");
  return `<a class="link" href="#" data-url="${escape(url)}" title="${escape(url)}">`;
};
rules["code_inline"] = (tokens, index, _, env) =>
  `<code>${escape(withoutMarks(tokens[index]?.content ?? "", known(env).marks))}</code>`;
rules["fence"] = (tokens, index, _, env) => {
  const token = tokens[index];
  return blockHtml(token?.content ?? "", token?.info.trim().split(/\s+/)[0] ?? "", known(env));
};
rules["code_block"] = (tokens, index, _, env) => blockHtml(tokens[index]?.content ?? "", "", known(env));
rules["table_open"] = () => '<div class="table" tabindex="0"><table>';
rules["table_close"] = () => "</table></div>";

/** Render a text with marks; one piece of HTML for each top-level block, so that finished ones need not be redrawn. */
export function renderBlocks(transcript: Transcript, words: Words): string[] {
  const env: Env = { marks: transcript.marks, words };
  const tokens = md.parse(transcript.source, { ...env });
  const blocks: string[] = [];
  let first = 0;
  tokens.forEach((token, index) => {
    if (token.level === 0 && token.nesting !== 1) {
      blocks.push(md.renderer.render(tokens.slice(first, index + 1), md.options, { ...env }));
      first = index + 1;
    }
  });
  return blocks;
}

/** Render a text that has no marks. */
export function renderPlain(text: string, words: Words): string[] {
  return renderBlocks(transcribe([{ kind: "text", text }]), words);
}

/** A block of code; what is said of one that was never closed stands in it, and is shown behind it. */
function blockHtml(content: string, language: string, { marks, words }: Env): string {
  const notes = blockMarks(content, marks).map((number) => {
    const mark = marks[number];
    return mark === undefined ? "" : `<p>${markHtml(mark, number, words)}</p>\n`;
  });
  const code = withoutMarks(content, marks);
  return codeHtml(notes.length > 0 ? code.trimEnd() + "\n" : code, language, words) + notes.join("");
}

function codeHtml(code: string, language: string, words: Words): string {
  const button = (action: string, label: string): string =>
    `<button type="button" data-action="${action}">${escape(label)}</button>`;
  return (
    `<div class="code"><div class="bar"><span class="language">${escape(language)}</span>` +
    button("copy", words.copy) +
    button("insert", words.insert) +
    button("apply", words.apply) +
    `</div><pre tabindex="0" role="region" aria-label="${escape(language || words.code)}"><code>${escape(code)}</code></pre></div>\n`
  );
}

function markHtml(mark: Marked, number: number, words: Words): string {
  switch (mark.kind) {
    case "citation": {
      const { start, end } = mark.range;
      const place = `${mark.path}:${start.line + 1}-${Math.max(end.line, start.line + 1)}`;
      return placeHtml(mark.text.replace(/^\[|\]$/g, ""), place, mark.uri, mark.range);
    }
    case "untrueCitation": {
      const why = mark.hint ? `${mark.reason}; ${mark.hint}` : mark.reason;
      return (
        `<span class="untrue" title="${escape(why)}"><s>${escape(mark.text)}</s> ` +
        `<span class="why"><span aria-hidden="true">✗</span><span class="unseen">${escape(words.untrue)}</span> ${escape(mark.reason)}</span></span>`
      );
    }
    case "flaggedName": {
      const why = mark.hint ? `${mark.reason}; ${mark.hint}` : mark.reason;
      return `<span class="flagged" title="${escape(why)}">${escape(mark.text)}<span class="unseen"> (${escape(why)})</span></span>`;
    }
    case "flaggedQuotation":
      return `<span class="why">✗ ${escape(mark.path)}: ${escape(mark.reason)}</span>`;
    case "copiedCode":
      return mark.copies.map((copy, place) => copyHtml(copy, `${number}:${place}`, words)).join("<br>");
  }
}

/** Say of a block of code what of it is copied, and offer to look at both passages. `name` is found again in the page. */
export function copyHtml(copy: CopyNote, name: string, words: Words): string {
  return (
    `<span class="copy ${escape(copy.verdict)}">${escape(copySentence(copy, words))} ` +
    `<button type="button" data-action="compare" data-copy="${escape(name)}">${escape(words.compare)}</button></span>`
  );
}

/** Say what is copied: the lines, the source with its lines, the licence, what the policy says. */
export function copySentence(copy: CopyNote, words: Pick<Words, "copied" | "alike" | "policy">): string {
  const lines = copy.startLine === copy.endLine ? `${copy.startLine}` : `${copy.startLine}-${copy.endLine}`;
  const source = `${copy.path}:${copy.sourceStartLine}-${copy.sourceEndLine}`;
  const said = filled(
    copy.level === "warning" ? words.copied : words.alike,
    lines,
    copy.source,
    source,
    copy.licence,
  );
  const verdict = copy.reason ? `${copy.verdict} (${copy.reason})` : copy.verdict;
  return `${said} ${filled(words.policy, verdict)}`;
}

/** A link that opens lines of a file. */
export function placeHtml(
  text: string,
  title: string,
  uri: string,
  range: {
    readonly start: { line: number; character: number };
    readonly end: { line: number; character: number };
  },
): string {
  return (
    `<a class="place" href="#" title="${escape(title)}" data-uri="${escape(uri)}" ` +
    `data-range="${escape(JSON.stringify(range))}">${escape(text)}</a>`
  );
}

/** Escape text for HTML. */
export function escapeHtml(text: string): string {
  return escape(text);
}
