interface Window {
  /** Milliseconds from the click on Join to the first frame of someone else. */
  firstFrame: Promise<number>;
}
