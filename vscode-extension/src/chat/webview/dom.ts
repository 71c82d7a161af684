/** Making elements, and showing blocks of HTML. */

/** Make an element. Text is text: nothing given here is read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Show blocks of HTML that the renderer made; those that are the same already are left alone, with their focus. */
export function showBlocks(parent: HTMLElement, blocks: readonly string[]): void {
  const shown = shownBlocks.get(parent) ?? [];
  blocks.forEach((html, place) => {
    if (shown[place] === html) return;
    const block = parent.children[place] ?? parent.appendChild(element("div"));
    block.innerHTML = html;
  });
  while (parent.children.length > blocks.length) parent.lastElementChild?.remove();
  shownBlocks.set(parent, [...blocks]);
}

const shownBlocks = new WeakMap<HTMLElement, string[]>();
