import * as tf from '@tensorflow/tfjs-core';
import { useThreadedWasm } from '@fbsd/kernels/node';
import { fbsd } from '@fbsd/fbsd';
import { SGD, trainStep } from '@fbsd/trainer';
await useThreadedWasm({threads:2});
const model = fbsd({ arch: 'resnet50', classes: 200, imageSize: 448 });
const opt = new SGD(model, { newLearningRate: 0.002, pretrainedLearningRate: 0.0002 });
const heap=()=>{const w=tf.backend().wasm; return (w.wasmMemory??w.asm.memory).buffer.byteLength/2**20|0};
for (const B of [20, 10, 5, 2]) {
 const x = tf.randomUniform([B,448,448,3],-1,1), y=tf.tensor1d(Array(B).fill(1),'int32');
 const t=performance.now(); const n=tf.memory().numTensors, d=tf.backend().numDataIds();
 try { const r=await trainStep(model,opt,x,y); console.log(B,'loss',r.loss,(performance.now()-t)/1e3|0,'s'); } catch(e){console.log(B,e.name,e.message,(performance.now()-t)/1e3|0,'s')}
 console.log('heap',heap(),'tensors',n,tf.memory().numTensors,'data',d,tf.backend().numDataIds()); tf.dispose([x,y]);
}
