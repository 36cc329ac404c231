import type {
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorInfo,
} from '@tensorflow/tfjs-core';

/*
 * A fused kernel does in one call what takes many stock ops. The package of the op calls it where the current
 * backend has it and computes a fallback elsewhere; @fbsd/kernels defines it for some backends. Both sides
 * take its types from here. These are types alone: what is built and published does not mention this package.
 */

/** The fused kernels by their names in tfjs's registry. */
export interface FusedKernels {
  /** Batch normalisation by the statistics of the batch: y, mean and biased variance. */
  FbsdFusedBatchNorm: {
    inputs: { x: Tensor; gamma: Tensor1D; beta: Tensor1D; residual?: Tensor | undefined };
    attrs: NormalizeAttrs;
    outputs: [y: Tensor, mean: Tensor1D, variance: Tensor1D, ...reserved: Tensor[]];
  };
  /** Its gradient, where the forward kernel reserved three tensors for it. */
  FbsdFusedBatchNormGradient: {
    inputs: {
      dy: Tensor;
      x: Tensor;
      gamma: Tensor1D;
      /** The output, if it went through a ReLU. */
      y?: Tensor | undefined;
      reserved0: Tensor;
      reserved1: Tensor;
      reserved2: Tensor;
    };
    attrs: NormalizeGradientAttrs;
    outputs: [dx: Tensor, dgamma: Tensor1D, dbeta: Tensor1D, ...dresidual: Tensor[]];
  };
  /** Its gradient from the statistics of the batch. */
  FbsdBatchNormGradient: {
    inputs: NormalizeGradientInputs;
    attrs: NormalizeGradientAttrs;
    outputs: [dx: Tensor, dgamma: Tensor1D, dbeta: Tensor1D, ...dresidual: Tensor[]];
  };
  /** Mean and biased variance over all axes but the last: two rows, [2,C]. */
  FbsdMoments: { inputs: { x: Tensor }; attrs: object; outputs: [moments: Tensor] };
  /** [relu](γ·(x − mean)/√(variance + ε) + β [+ residual]) */
  FbsdNormalize: {
    inputs: {
      x: Tensor;
      mean: Tensor1D;
      variance: Tensor1D;
      gamma: Tensor1D;
      beta: Tensor1D;
      residual?: Tensor | undefined;
    };
    attrs: NormalizeAttrs;
    outputs: [y: Tensor];
  };
  /** Its gradient, the statistics being inputs like the others. */
  FbsdNormalizeGradient: {
    inputs: NormalizeGradientInputs;
    attrs: NormalizeGradientAttrs;
    outputs: [
      dx: Tensor,
      dmean: Tensor1D,
      dvariance: Tensor1D,
      dgamma: Tensor1D,
      dbeta: Tensor1D,
      ...dresidual: Tensor[],
    ];
  };
  /**
   * The sum of x over all processes that share a batch. There while they do: then a batch norm's statistics are those of
   * the whole batch.
   */
  FbsdAllReduceSum: { inputs: { x: Tensor }; attrs: object; outputs: [sum: Tensor] };
  /**
   * [relu](x ∗ filter + bias + residual), for inference: images [B,H,W,C], a filter [h,w,C,K], a bias [K], a residual of the
   * shape of the output.
   */
  FbsdResidualConv2D: {
    inputs: { x: Tensor4D; filter: Tensor4D; bias: Tensor1D; residual: Tensor4D };
    attrs: ResidualConv2DAttrs;
    outputs: [y: Tensor4D];
  };
  /** Moving statistics after a batch, one value for each channel. */
  FbsdMovingStatistics: {
    inputs: Record<'mean' | 'variance' | 'batchMean' | 'batchVariance', Tensor1D>;
    /** `unbiased`: the momentum times n/(n − 1). */
    attrs: { momentum: number; unbiased: number };
    outputs: [mean: Tensor1D, variance: Tensor1D];
  };
  /** dy where y is not 0 or less, else 0. */
  FbsdReluGradient: { inputs: { dy: Tensor; y: Tensor }; attrs: object; outputs: [dx: Tensor] };
  /** dy where low ≤ x ≤ high, else 0. */
  FbsdClipGradient: {
    inputs: { dy: Tensor; x: Tensor };
    attrs: { low: number; high: number };
    outputs: [dx: Tensor];
  };
  /** The next weight and velocity of one parameter. */
  FbsdSgd: {
    inputs: Record<'weight' | 'velocity' | 'gradient', Tensor>;
    attrs: SgdAttrs;
    outputs: [weight: Tensor, velocity: Tensor];
  };
  /**
   * Of many parameters: weights, velocities and gradients, in threes → the next weights and velocities, in
   * twos. It may do so in the memory of the given ones: these must not be used again.
   */
  FbsdMultiTensorSgd: {
    inputs: readonly Tensor[];
    /** Of each parameter. */
    attrs: { options: readonly SgdAttrs[] };
    outputs: Tensor[];
  };
  /** The sum of all values of some tensors. */
  FbsdSumOfAll: { inputs: readonly Tensor[]; attrs: object; outputs: [sum: Scalar] };
  /** Feature boosting and suppression, of @fbsd/fbsm. */
  FbsdFeatureBoostSuppress: {
    inputs: {
      x: Tensor4D;
      kernel: Tensor;
      bias: Tensor;
      gamma: Tensor;
      beta: Tensor;
      /** In evaluation. */
      movingMean?: Tensor | undefined;
      movingVariance?: Tensor | undefined;
    };
    attrs: BoostSuppressAttrs;
    /** The probabilities are [B,k], the normalised map ẑ is [B,H,W]; in training mean and variance of the strips, [k]. */
    outputs: [
      boosted: Tensor4D,
      suppressed: Tensor4D,
      probabilities: Tensor2D,
      normalized: Tensor3D,
      ...statistics: Tensor1D[],
    ];
  };
  /** Its gradient. */
  FbsdFeatureBoostSuppressGradient: {
    inputs: {
      dBoosted: Tensor4D;
      /** If that map is used. */
      dSuppressed?: Tensor4D | undefined;
      x: Tensor4D;
      kernel: Tensor;
      gamma: Tensor;
      beta: Tensor;
      probabilities: Tensor;
      normalized: Tensor3D;
      /** [k] in training, [1] in evaluation. */
      variance: Tensor;
    };
    attrs: BoostSuppressAttrs;
    outputs: [x: Tensor, kernel: Tensor, bias: Tensor, gamma: Tensor, beta: Tensor];
  };
  /** Moving mean and variance [1] after an update for every strip. */
  FbsdStripMovingStatistics: {
    /** Mean and variance of the strips, [k]. */
    inputs: Record<'movingMean' | 'movingVariance' | 'mean' | 'variance', Tensor>;
    /** `shape` is the map's. */
    attrs: { shape: number[]; parts: number; axis: 'height' | 'width'; momentum: number };
    outputs: [mean: Tensor, variance: Tensor];
  };
  /**
   * The inverse norms of all positions of maps [B,…,C] and the scalar products of those of each pair, in one tensor: what
   * `FbsdDiversify` and its gradient both need, where a backend would rather keep it than compute it again.
   */
  FbsdSimilarities: { inputs: readonly Tensor[]; attrs: object; outputs: [similarities: Tensor1D] };
  /** Feature diversification, of @fbsd/fdm: maps [B,…,C], and their similarities if they are at hand → as many maps. */
  FbsdDiversify: {
    inputs: readonly Tensor[];
    attrs: DiversifyAttrs & {
      /** Whether the last input is their similarities. @default false */
      similarities?: boolean;
    };
    outputs: Tensor[];
  };
  /**
   * Its gradient: the maps, then the gradients of their outputs, then the similarities if they were kept → the gradients
   * of the maps.
   */
  FbsdDiversifyGradient: { inputs: readonly Tensor[]; attrs: DiversifyAttrs; outputs: Tensor[] };
  /** Top-k pooling, of @fbsd/topk-pool: x [B,…,C] → means [B,C] and the chosen positions, int32 [B,k,C]. */
  FbsdTopKMean: {
    inputs: { x: Tensor };
    attrs: { k: number };
    outputs: [mean: Tensor2D, indices: Tensor3D];
  };
  /** Its gradient. */
  FbsdTopKMeanGradient: {
    inputs: { dy: Tensor; indices: Tensor3D };
    /** Of x. */
    attrs: { shape: number[] };
    outputs: [dx: Tensor];
  };
  /** Softmax cross entropy, of @fbsd/fbsd: the loss [] of logits [B,K] and int32 labels [B], and its gradient [B,K]. */
  FbsdSoftmaxCrossEntropy: {
    inputs: { logits: Tensor2D; labels: Tensor1D };
    attrs: object;
    outputs: [loss: Scalar, gradient: Tensor2D];
  };
}

type NormalizeAttrs = { epsilon: number; relu: boolean };

type ResidualConv2DAttrs = {
  strides: [height: number, width: number];
  pad: 'same' | 'valid';
  dilations: [height: number, width: number];
  relu: boolean;
};

type NormalizeGradientInputs = {
  dy: Tensor;
  x: Tensor;
  mean: Tensor1D;
  variance: Tensor1D;
  gamma: Tensor1D;
  /** The output, if it went through a ReLU. */
  y?: Tensor | undefined;
};

/** `residual`: whether its gradient is asked for, and comes last. */
type NormalizeGradientAttrs = { epsilon: number; residual: boolean };

type SgdAttrs = { learningRate: number; momentum: number; weightDecay: number };

type BoostSuppressAttrs = {
  parts: number;
  alpha: number;
  beta: number;
  axis: 'height' | 'width';
  epsilon: number;
  training: boolean;
};

type DiversifyAttrs = {
  /** γ·scale. */
  factor: number;
  /** Values of the matrices that are made at once, where a backend lets them be limited. */
  budget?: number;
};

export type FusedKernelName = keyof FusedKernels;

/** The inputs as a backend gets them: without values, of the same shapes. */
export type FusedInputs<Name extends FusedKernelName> = Shaped<FusedKernels[Name]['inputs']>;

export type FusedAttrs<Name extends FusedKernelName> = FusedKernels[Name]['attrs'];

/** The outputs as a backend makes them. */
export type FusedOutputs<Name extends FusedKernelName> = InfosOf<FusedKernels[Name]['outputs']>;

type InfosOf<Tensors> = { [Key in keyof Tensors]: TensorInfo };

type Shaped<Tensors> = {
  [Key in keyof Tensors]: ShapedInfo<NonNullable<Tensors[Key]>> | Extract<Tensors[Key], undefined>;
};

type ShapedInfo<T> = T extends Tensor ? Omit<TensorInfo, 'shape'> & Pick<T, 'shape'> : never;
