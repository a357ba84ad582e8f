/** Quotes a value for a POSIX shell, so that a suggestion can be pasted as it stands. */
export function shellQuote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
