/** Chords of keys: the editor hears what is pressed here, but the letter that ends `Ctrl+K G` would also be written. */

const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta"]);

/** Keep the letters that end chords out of what is written. */
export function followChords(page: Document): void {
  let isBegun = false;
  page.addEventListener(
    "keydown",
    (event) => {
      if (MODIFIERS.has(event.key)) return;
      if (isBegun && event.key.length === 1) event.preventDefault();
      isBegun = !isBegun && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    },
    true,
  );
}
