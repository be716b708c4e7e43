import { defineConfig } from "vitest/config";

/** Folder for Allure results; the reporter is loaded only when the environment names one. */
const allure = process.env.ALLURE_RESULTS;

export default defineConfig({
  test: {
    pool: "threads",
    maxWorkers: "100%",
    // Some tests bound wall time; a CI machine that is busy for a moment gets a second try at those.
    retry: process.env.CI === undefined ? 0 : 1,
    reporters: allure === undefined ? ["default"] : ["default", ["allure-vitest/reporter", { resultsDir: allure }]],
    projects: [
      {
        test: {
          name: "unit",
          include: ["harness/**/*.test.ts", "reports/**/*.test.ts"],
          // Reading all fixtures takes seconds where other tests run beside.
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        // A case has its own deadlines; this one only catches a harness that does not return.
        test: {
          name: "suites",
          include: ["suites/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
