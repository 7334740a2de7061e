// Runs in the audio thread: microphone samples in, frames of 16 kHz signed 16-bit samples out, 100 ms each.

const RATE = 16000;
const FRAME = 1600;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE; // input samples for one output sample
    this.sum = 0; // input gathered for the output sample in the making
    this.weight = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
    this.port.onmessage = () => {
      this.emit();
      this.port.postMessage({ flushed: true });
    };
  }

  process(inputs) {
    const channel = inputs[0][0];
    if (channel) for (const sample of channel) this.take(sample);
    return true;
  }

  // Each output sample is the mean of the stretch of input that it covers. That is the low-pass filter and the
  // change of rate in one; when the rates are equal it changes nothing.
  take(sample) {
    let rest = 1;
    while (this.weight + rest >= this.step - 1e-9) {
      const part = this.step - this.weight;
      this.put((this.sum + sample * part) / this.step);
      rest -= part;
      this.sum = 0;
      this.weight = 0;
      if (rest <= 1e-9) return;
    }
    this.sum += sample * rest;
    this.weight += rest;
  }

  put(value) {
    const clipped = Math.max(-1, Math.min(1, value));
    this.frame[this.filled++] = Math.round(clipped * 32767);
    this.energy += clipped * clipped;
    if (this.filled === FRAME) this.emit();
  }

  emit() {
    if (!this.filled) return;
    const pcm = this.frame.slice(0, this.filled);
    const level = Math.min(1, Math.sqrt(this.energy / this.filled) * 6);
    this.filled = 0;
    this.energy = 0;
    this.port.postMessage({ pcm: pcm.buffer, level }, [pcm.buffer]);
  }
}

registerProcessor("capture", Capture);
