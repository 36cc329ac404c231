import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Comment, Converter, ReflectionKind } from 'typedoc';

const folder = new URL('../packages/', import.meta.url);

/** Every entry of a published package: how it is imported, its TypeScript source, its package. */
const entries = readdirSync(folder).flatMap((name) => {
  const manifest = JSON.parse(readFileSync(new URL(`${name}/package.json`, folder), 'utf8'));
  if (manifest.private) return [];
  return Object.entries(manifest.exports).flatMap(([path, { '@fbsd/source': source }]) =>
    source
      ? [{ specifier: manifest.name + path.slice(1), manifest, source: `${name}/${source}` }]
      : [],
  );
});

/**
 * Calls a module what its users import, and says of it what its package.json says.
 *
 * @param {import('typedoc').Application} application
 */
function nameModules({ converter }) {
  converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.kind !== ReflectionKind.Module) return;
    const file = context
      .getSymbolFromReflection(reflection)
      ?.declarations?.[0]?.getSourceFile().fileName;
    const entry = entries.find(({ source }) => fileURLToPath(new URL(source, folder)) === file);
    if (!entry) throw new Error(`${reflection.name} is no entry of a published package`);
    const { description, homepage } = entry.manifest;
    reflection.name = entry.specifier;
    reflection.comment = new Comment([
      { kind: 'text', text: `${description} [Install and use it](${homepage})` },
    ]);
  });
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'FBSD for TensorFlow.js',
  entryPoints: entries.map(({ source }) => fileURLToPath(new URL(source, folder))),
  plugin: [nameModules],
  tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
  readme: 'none',
  out: fileURLToPath(new URL('api', import.meta.url)),
  excludeExternals: true, // what layers inherit is in the documentation of TensorFlow.js
  disableSources: true,
  packagesRequiringDocumentation: entries.map(({ manifest }) => manifest.name),
  validation: { notDocumented: true, notExported: true, invalidLink: true, invalidPath: true },
  treatWarningsAsErrors: true,
};
