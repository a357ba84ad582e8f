/** Environment variables by name. */
export type Env = { readonly [name: string]: string };
