interface Window {
  /** Milliseconds from the click on Join to the first frame of someone else. */
  firstFrame: Promise<number>;
  /** When each step on the way was first taken, in milliseconds since 1970, where that is traced. */
  steps: Record<string, number>;
}
