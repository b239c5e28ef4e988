import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    // A test that hangs ends the run; one that is slow on a busy machine does not.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    // What expect.poll waits for comes soon, if the machine has time for it.
    expect: { poll: { interval: 10, timeout: 120_000 } },
    maxWorkers: 2,
  },
});
