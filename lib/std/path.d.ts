export function basename(path: string): string;

export function dirname(path: string): string;

export function join(path: string, ...paths: string[]): string;

export function resolve(...pathSegments: string[]): string;
