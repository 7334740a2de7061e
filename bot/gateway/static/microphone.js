// The microphone as a source of 16 kHz frames. Opened at the first press, let go of after a while of silence on our side.

const RELEASE_AFTER_MS = 20000;
const FLUSH_WITHIN_MS = 300;

export class MicrophoneError extends Error {}

function explain(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") {
    return "没有得到话筒的使用许可。请在浏览器的设置里允许使用话筒，现在也可以直接打字办理。";
  }
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") {
    return "这台设备上没有找到话筒，请打字办理，一样可以办完。";
  }
  return "话筒暂时打不开，可能正被别的应用占用。请打字办理，或者稍后再试。";
}

export class Microphone {
  constructor() {
    this.context = null;
    this.stream = null;
    this.node = null;
    this.onFrame = null; // (ArrayBuffer, level 0..1)
    this.timer = 0;
  }

  async open() {
    clearTimeout(this.timer);
    if (this.stream?.active && this.context) {
      await this.context.resume();
      return;
    }
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) {
      throw new MicrophoneError(
        window.isSecureContext
          ? "这个浏览器用不了话筒，请打字办理，一样可以办完。"
          : "浏览器只在安全连接（https）下才让网页使用话筒，请打字办理，一样可以办完。",
      );
    }
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("/static/capture-worklet.js");
      this.node = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0 });
      this.node.port.onmessage = ({ data }) => this.message(data);
      this.context.createMediaStreamSource(this.stream).connect(this.node);
      await this.context.resume();
    } catch (error) {
      this.release();
      throw new MicrophoneError(explain(error));
    }
  }

  message(data) {
    if (data.flushed) this.flushed?.();
    else this.onFrame?.(data.pcm, data.level);
  }

  // Resolves when the last, shorter frame has been handed over. The microphone itself stays warm for the next press.
  async finish() {
    if (this.node) {
      await new Promise((resolve) => {
        this.flushed = resolve;
        setTimeout(resolve, FLUSH_WITHIN_MS); // a sleeping audio thread does not answer
        this.node.port.postMessage("flush");
      });
    }
    this.onFrame = null;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), RELEASE_AFTER_MS);
  }

  release() {
    clearTimeout(this.timer);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.stream = this.context = this.node = null;
  }
}
