// A Worker that decodes: answers the requests on every port that it is sent.
import { servePictures } from './serve-pictures.js';

addEventListener('message', ({ ports }) => ports.forEach(servePictures));
