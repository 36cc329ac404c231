/** Where timm publishes weights. `HF_ENDPOINT` names a mirror, as it does for Hugging Face's own programs. */
const HUB = 'https://huggingface.co';

/**
 * The SHA-256 of `model.safetensors` of each model, as the hub tells it of the files that it keeps apart from Git. All are of
 * ImageNet-1k, and of architectures that are the same in torchvision.
 */
const SHA256: Readonly<Record<string, string>> = {
  'densenet121.tv_in1k': 'c894c6d9caa317a8ca1942986dee7a16a86c77734a4d691d2abe05389cfef358',
  'resnet18.a1_in1k': '80c49dee3da4822c009c5a7fe591e9223c5a2cfcf95a4067ca4dfb5a7b89c612',
  'resnet18.a3_in1k': 'f049dd3c2e08176be8844dd123467fa5714cff1f141dcfe0ab4975e567f9de21',
  'resnet18.gluon_in1k': '6991fcc0c58379a8496f6273b2f211e492f6af6494041fded649a482772ad2bf',
  'resnet18.tv_in1k': '694f673df6520a3158624e8a89af086f59923ee4cd7436fe5bc3bc71d295ad81',
  'resnet50.a1_in1k': '773525d5821de224f8f30c33377b7a795d7863e08522698200d3217d3f2a41bb',
  'resnet50.a2_in1k': 'f531f9aca4dde1b89e9a465c5b9e3b916a2d1b20a216acf3b9473d1e1212ecf6',
  'resnet50.b1k_in1k': 'cd64707e0ef72aa0526ac6d46fba6495ad2088717adb47a62a0b526eb3cd3480',
  'resnet50.b2k_in1k': '0c89502f61808f6fac8c7044eb59c072877c171529fc001bc85403982115232c',
  'resnet50.d_in1k': 'd8ed291891c8ee5777f68136665a4eee2f9ddeb2a9bc88acf4b1676b3bbebf55',
  'resnet50.ra_in1k': 'c49195c94e4fe19545a332e706f998d836f63b5d9892cc54526df3ee9b92ba18',
  'resnet50.tv_in1k': '5d061a3c593d795bfe682d9b152bafbcf550579873492def3515b46db1189888',
  'resnet101.a1_in1k': '1ba5b660e7c175b3c27c557fc7dc8b2815be830c516815b0155f61b403f27380',
  'resnet101.a1h_in1k': '1a076c0384295e7d3704f201c5711ff245507db934230bab72ff3014a95f90fe',
  'resnet101.a2_in1k': 'd44a7f2e7eaea0bee834ea5e7fd691d239057014628df0bd194c312773b92c83',
  'resnet101.a3_in1k': '846baf57eaff38823a70bf63fe58052d2d6b93bd25d3b89c4d31f6909babba0b',
};

/** Weights by timm's name of them. */
export interface TimmWeights {
  /** `resnet50.a1_in1k` */
  name: string;
  /** `resnet50`: timm's name of the architecture. */
  arch: string;
  /** Where the file is; with `#sha256=…` at its end where that is known, or was given. */
  address: string;
  /** The page that tells of its licence. */
  page: string;
}

/** Tells if a value of --pretrained is one of timm's names: `timm/…`, but no file in a folder of that name. */
export function isTimm(pretrained: string): boolean {
  return /^timm\//.test(pretrained) && !/\.(pth|pt|bin|safetensors)$/i.test(pretrained);
}

/** The weights of a name such as `timm/resnet50.a1_in1k`, also with `#sha256=…` at its end; null for another shape. */
export function timmWeights(pretrained: string): TimmWeights | null {
  const found = /^timm\/((\w+)\.\w+)(#sha256=[0-9a-f]{64})?$/i.exec(pretrained);
  if (!found) return null;
  const [, name, arch, given] = found as unknown as [string, string, string, string?];
  const known = Object.hasOwn(SHA256, name) ? `#sha256=${SHA256[name]}` : '';
  const hub = (process.env['HF_ENDPOINT'] || HUB).replace(/\/+$/, '');
  return {
    name,
    arch,
    address: `${hub}/timm/${name}/resolve/main/model.safetensors${given ?? known}`,
    page: `${HUB}/timm/${name}`,
  };
}
