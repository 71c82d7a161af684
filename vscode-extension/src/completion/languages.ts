/** The switch for each language. Pure. */

/** Whether code is to be suggested in a language: what is said of it, else what is said of `*`. */
export function suggestsIn(languages: Readonly<Record<string, boolean>>, languageId: string): boolean {
  return languages[languageId] ?? languages["*"] ?? true;
}
