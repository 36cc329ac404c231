// The change log as its readers want it: what changed for them, without the hashes of commits.
module.exports = {
  /** @param {{ summary: string }} changeset */
  getReleaseLine: async ({ summary }) => {
    const [first, ...rest] = summary.trim().split('\n');
    return [`- ${first}`, ...rest.map((line) => (line ? `  ${line}` : ''))].join('\n');
  },
  /** @param {unknown} _ @param {{ name: string, newVersion: string }[]} dependencies */
  getDependencyReleaseLine: async (_, dependencies) =>
    dependencies.length === 0
      ? ''
      : `- Needs ${dependencies.map(({ name, newVersion }) => `${name} ${newVersion}`).join(', ')}.`,
};
