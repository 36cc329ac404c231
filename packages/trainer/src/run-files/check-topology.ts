import { UserError } from '../user-error.ts';
import { isRecord, RESTORE, shown } from './json.ts';

/** A call of a layer waits for these: layer, number of its call, number of the output. */
type Reference = [layer: string, node: number, output: number];

interface LayerEntry {
  name: string;
  /** What each call of the layer takes. */
  calls: readonly Reference[][];
  /** Nodes that the layer has before any call: a layer of inputs and a model inside a model have one. */
  ownNodes: number;
}

/**
 * Checks that the graph of a model's layers can be built: every call takes outputs that are made before. tfjs, which
 * does not check, would look for a missing one for ever.
 *
 * @param topology `modelTopology` of a `model.json`
 * @param file for messages
 * @throws UserError that names the layer that cannot be built
 */
export function checkTopology(topology: unknown, file: string): void {
  const model =
    isRecord(topology) && isRecord(topology['model_config']) ? topology['model_config'] : topology;
  if (!isRecord(model) || typeof model['class_name'] !== 'string' || !('config' in model)) {
    throw damaged(
      file,
      `expected modelTopology with class_name and config; got ${shown(topology)}`,
    );
  }
  checkWithin(model['config'], file);
}

/** Models may be in layers of models, at any depth. */
function checkWithin(config: unknown, file: string): void {
  const unseen = [config];
  while (unseen.length > 0) {
    const value = unseen.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isRecord(value)) {
      checkSpelling(value, file);
      if ('layers' in value && 'input_layers' in value) checkGraph(value, file);
    }
    for (const part of Object.values(value)) unseen.push(part);
  }
}

/** Names that decide the graph, as Keras spells them, by what tfjs makes of them and of others. */
const SPELLING: Readonly<Record<string, string>> = {
  layers: 'layers',
  inputLayers: 'input_layers',
  outputLayers: 'output_layers',
  inboundNodes: 'inbound_nodes',
};

/** What is spelled otherwise, tfjs would read, and what is checked here not. */
function checkSpelling(value: Record<string, unknown>, file: string): void {
  for (const name of Object.keys(value)) {
    const camelCase = name.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
    const known = Object.hasOwn(SPELLING, camelCase) ? SPELLING[camelCase] : name;
    if (known !== name) throw damaged(file, `expected ${known}; got ${shown(name)}`);
  }
}

function checkGraph(config: Record<string, unknown>, file: string): void {
  if (!Array.isArray(config['layers'])) {
    throw damaged(file, `expected a list of layers; got ${shown(config['layers'])}`);
  }
  const layers = config['layers'].map((layer) => layerOf(layer, file));
  const nodes = new Map<string, number>();
  for (const { name, ownNodes } of layers) {
    if (nodes.has(name)) throw damaged(file, `two layers are called '${name}'`);
    nodes.set(name, ownNodes);
  }
  const stuck = firstStuck(layers, nodes);
  if (stuck) {
    const {
      name,
      missing: [from, node],
    } = stuck;
    const why = nodes.has(from) ? 'which is not made before it' : 'a layer that there is not';
    throw damaged(file, `layer '${name}' takes output ${node} of '${from}', ${why}`);
  }
  for (const key of ['input_layers', 'output_layers']) {
    for (const [layer, node] of referencesOf(config[key], key, file)) {
      if (node < (nodes.get(layer) ?? 0)) continue;
      throw damaged(file, `${key} names output ${node} of '${layer}', which there is not`);
    }
  }
}

/**
 * Makes all calls that can be made, each once what it takes is there.
 *
 * @param nodes how many nodes each layer has; is changed
 * @returns a call that cannot be made, and what it misses; null when there is none
 */
function firstStuck(layers: readonly LayerEntry[], nodes: Map<string, number>) {
  const missingOf = (takes: readonly Reference[]) =>
    takes.find(([from, node]) => node >= (nodes.get(from) ?? 0));
  const calls = layers.flatMap(({ name, calls }) => calls.map((takes) => ({ name, takes })));
  const waiting = new Map<string, typeof calls>();
  for (const call of calls) {
    const missing = missingOf(call.takes);
    if (missing) {
      const others = waiting.get(missing[0]) ?? [];
      others.push(call);
      waiting.set(missing[0], others);
      continue;
    }
    nodes.set(call.name, (nodes.get(call.name) as number) + 1);
    for (const other of waiting.get(call.name) ?? []) calls.push(other); // their turn comes again
    waiting.delete(call.name);
  }
  const [first] = [...waiting.values()].flat();
  return first ? { name: first.name, missing: missingOf(first.takes) as Reference } : null;
}

function layerOf(layer: unknown, file: string): LayerEntry {
  if (!isRecord(layer) || typeof layer['name'] !== 'string' || !isRecord(layer['config'])) {
    throw damaged(
      file,
      `expected a layer with name, config and inbound_nodes; got ${shown(layer)}`,
    );
  }
  const { name, config, inbound_nodes: inbound } = layer;
  if ('name' in config && config['name'] !== name) {
    throw damaged(file, `layer '${name}' is called ${shown(config['name'])} in its config`);
  }
  if (!Array.isArray(inbound)) {
    throw damaged(file, `expected inbound_nodes of layer '${name}'; got ${shown(inbound)}`);
  }
  const where = `inbound_nodes of layer '${name}'`;
  const calls = inbound.map((takes) => listOfReferences(takes, where, file));
  if (calls.some((takes) => takes.length === 0)) {
    throw damaged(file, `expected what each call takes as ${where}; got ${shown(inbound)}`);
  }
  const ownNodes = layer['class_name'] === 'InputLayer' || 'layers' in config ? 1 : 0;
  return { name, calls, ownNodes };
}

/** Keras writes a single one of a model's inputs or outputs without the list around it. */
function referencesOf(value: unknown, where: string, file: string): Reference[] {
  const isSingle = Array.isArray(value) && typeof value[0] === 'string';
  return listOfReferences(isSingle ? [value] : value, where, file);
}

function listOfReferences(value: unknown, where: string, file: string): Reference[] {
  if (!Array.isArray(value))
    throw damaged(file, `expected a list as ${where}; got ${shown(value)}`);
  return value.map((reference) => {
    const [layer, node, output] = Array.isArray(reference) ? reference : [];
    if (typeof layer === 'string' && isIndex(node) && isIndex(output)) return [layer, node, output];
    throw damaged(
      file,
      `expected layer, call and output in ${where}, as ["conv1",0,0]; got ${shown(reference)}`,
    );
  });
}

function isIndex(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function damaged(file: string, what: string): UserError {
  return new UserError(`[@fbsd/trainer] ${file} is damaged: ${what}. ${RESTORE}`);
}
