/** The result of a functional model's `getConfig`, as far as it is used here. */
export interface GraphConfig {
  name: string;
  layers: LayerConfig[];
  inputLayers: Port[];
  outputLayers: Port[];
}

export interface LayerConfig {
  name: string;
  className: string;
  config: Record<string, unknown>;
  /** An entry for each time that the layer is applied: where its inputs come from. */
  inboundNodes: Connection[][];
}

/** An output of a layer: which application of it, and which of several outputs. */
export type Port = [layer: string, node: number, tensor: number];
export type Connection = [...Port, kwargs: Record<string, unknown>];
