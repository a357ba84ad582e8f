// An empty program: the time that any Deno program takes to start.
export {};
