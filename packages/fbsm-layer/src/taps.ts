import type { LayersModel } from '@tensorflow/tfjs-layers';
import { joinsAround } from './bypass.ts';
import { type Call, callsFor, type Graph, layerPaths, type Value } from './graph.ts';
import { closest } from './known-options.ts';
import { checkShape, type FeatureBoostSuppressOptions, resolveOptions } from './options.ts';

interface NamedTap extends FeatureBoostSuppressOptions {
  after: string;
}

/**
 * Finds the maps that taps name, one for each use of the layer.
 *
 * @throws RangeError for a tap that names no layer, no single map [B,H,W,C], a map with fewer rows
 *   than strips or with the channels first, or the same map as another tap
 */
export function findTaps(model: LayersModel, graph: Graph, taps: readonly NamedTap[]): Value[][] {
  const taken = new Map<Value, string>();
  return taps.map(({ after, ...options }) => {
    const resolved = resolveOptions(`insertFBSM: tap '${after}'`, options);
    const maps = usesOf(model, graph, after).map((outputs) => onlyMap(graph, after, outputs));
    for (const map of maps) {
      const earlier = taken.get(map);
      if (earlier !== undefined) {
        const both = earlier === after ? 'is named twice' : `names the same map as '${earlier}'`;
        throw problem(`tap '${after}' ${both}. Tap a map once.`);
      }
      taken.set(map, after);
      checkShape(`insertFBSM: tap '${after}'`, map.shape, resolved);
      checkChannelsLast(graph, after, map);
    }
    return maps;
  });
}

/**
 * @param tapped what {@link findTaps} returned
 * @param calls of the new model
 * @throws RangeError for a tap that the model gets around
 */
export function checkAllPass(
  taps: readonly NamedTap[],
  tapped: readonly (readonly Value[])[],
  calls: readonly Call[],
): void {
  tapped.forEach((maps, i) => {
    const { after } = taps[i] as NamedTap;
    for (const map of maps) {
      const [join] = joinsAround(map, calls);
      if (!join) continue;
      const instead = firstMapBehind(map, calls);
      throw problem(
        `not all that comes after tap '${after}' passes through it: '${join.path}' also gets what the ` +
          'tap was computed from by another way, and there nothing is suppressed. ' +
          `${instead ? `Tap '${instead.path}' instead` : 'Tap a layer where the ways have met'}, ` +
          'or allow it with allowBypass: true.',
      );
    }
  });
}

function usesOf(model: LayersModel, { uses }: Graph, after: string): readonly (readonly Value[])[] {
  const found = uses.get(after);
  if (found) return found;
  const names = closest(after, layerPaths(model)).map((name) => `'${name}'`);
  throw problem(
    `model '${model.name}' has no layer '${after}'. The closest names are ${names.join(', ')}; ` +
      'write nested/layer for a layer of a nested model.',
  );
}

function onlyMap({ calls }: Graph, after: string, outputs: readonly Value[]): Value {
  const [map] = outputs;
  if (map && outputs.length === 1 && isMap(map)) return map;
  const shapes = outputs.map(({ shape }) => `[${shape.map((size) => size ?? 'null')}]`).join(', ');
  const before = callsFor(outputs, calls).filter((call) => isMap(call.outputs[0]));
  const last = before.at(-1);
  const instead =
    outputs.length > 1
      ? `It has ${outputs.length} outputs: tap a layer inside of it or behind it`
      : `The last map before it is ${last ? `that of '${last.path}'` : 'none'}`;
  throw problem(
    `tap '${after}' must be one map [batch,height,width,channels] with a known number of channels; ` +
      `got ${shapes}. ${instead}.`,
  );
}

function isMap(value: Value | undefined): boolean {
  return value?.shape.length === 4 && value.shape[3] != null;
}

function checkChannelsLast({ calls }: Graph, after: string, map: Value): void {
  const first = callsFor([map], calls).find(
    ({ layer }) => layer.getConfig()['dataFormat'] === 'channelsFirst',
  );
  if (!first) return;
  throw problem(
    `tap '${after}' must be a map with the channels last; got one behind '${first.path}', which has ` +
      "them first (dataFormat 'channelsFirst'). Build the model with 'channelsLast'.",
  );
}

/** The first single map computed from `map` that all ways pass through. */
function firstMapBehind(map: Value, calls: readonly Call[]): Call | undefined {
  const behind = new Set([map]);
  return calls.find(({ inputs, outputs }) => {
    if (!inputs.some((input) => behind.has(input))) return false;
    for (const output of outputs) behind.add(output);
    const [only] = outputs;
    return only && outputs.length === 1 && isMap(only) && joinsAround(only, calls).length === 0;
  });
}

function problem(what: string): RangeError {
  return new RangeError(`[@fbsd/fbsm] insertFBSM: ${what}`);
}
