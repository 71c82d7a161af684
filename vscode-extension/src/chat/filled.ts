/** Putting values into texts. Pure. */

/** Put values in the places of `{0}`, `{1}`. */
export function filled(text: string, ...values: (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ""));
}
