import { fn, spyOn } from '@vitest/spy';

/** What the tests use of `@jest/globals`. */
export const jest = { fn, spyOn };
