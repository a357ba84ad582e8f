/** Formats a number of bytes: `1337` becomes `1.34 kB`. */
export function format(num: number): string;
