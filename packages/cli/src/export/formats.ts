import type { ExportFormat } from './format.ts';
import { onnx } from './onnx.ts';
import { safetensors } from './safetensors.ts';
import { tfjs } from './tfjs.ts';

/** What `fbsd export` writes, by the values of --format. */
export const FORMATS: Readonly<Record<string, ExportFormat>> = { tfjs, onnx, safetensors };
