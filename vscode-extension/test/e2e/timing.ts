/** Times keys in the workbench's page: from the key's event to the frame in which the editor's text has changed. */

import type { Page } from "playwright-core";

/** A key that was pressed. */
export interface Key {
  /** Milliseconds from the key's own time to the end of the frame that shows what it wrote. */
  readonly ms: number;
  /** What the status item said, and whether an answer was on its way. */
  readonly status: string;
}

const STATUS = '.statusbar-item[id="repo-assist.assist.assist.status"]';

/** Begin to time keys. */
export async function installKeyTimer(page: Page): Promise<void> {
  await page.evaluate((status) => {
    const keys: { ms: number; status: string }[] = [];
    const waiting: number[] = [];
    document.addEventListener("keydown", (event) => waiting.push(event.timeStamp), true);
    const changed = (): void => {
      const pressed = waiting.splice(0);
      if (pressed.length === 0) return;
      // The editor draws in animation frames: a task that is posted there runs once the frame is made.
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        const now = performance.now();
        const said = document.querySelector(status)?.textContent ?? "";
        keys.push(...pressed.map((at) => ({ ms: now - at, status: said })));
      };
      channel.port2.postMessage(null);
    };
    const lines = document.querySelector(".editor-instance .view-lines");
    if (lines === null) throw new Error("no editor is open");
    new MutationObserver(changed).observe(lines, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { assistKeys: keys });
  }, STATUS);
}

/** What was timed. */
export async function takeKeys(page: Page): Promise<Key[]> {
  return page.evaluate(() => (window as unknown as { assistKeys: Key[] }).assistKeys);
}
