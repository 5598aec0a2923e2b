import type { FullConfig, Reporter, Suite } from "@playwright/test/reporter";

/** Ends a run with one line for programs: `N passed, N failed`, and `, N skipped` where there are any. */
export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;
  private errors = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.suite = suite;
  }

  /** An error outside of any test, such as a file that does not load. */
  onError(): void {
    this.errors += 1;
  }

  async onExit(): Promise<void> {
    const outcomes = (this.suite?.allTests() ?? []).map((test) => test.outcome());
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    const failed = count("unexpected") + this.errors;
    const skipped = count("skipped");
    const line = `${count("expected") + count("flaky")} passed, ${failed} failed`;
    process.stdout.write(`${line}${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  }
}
