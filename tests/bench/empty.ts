// Does nothing: what is left of a start-up when it is taken away is ccrun's own.
export {};
