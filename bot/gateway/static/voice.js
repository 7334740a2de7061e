// One utterance at a time: microphone frames to the websocket, words and the reply back.
//
// A press is known to be a tap or a hold only when it ends or has lasted a while. Until then the sound is kept here, so
// that not a syllable is lost, and the start message can say whether the end of speech shall end the utterance.

import { Microphone, MicrophoneError } from "./microphone.js";

const OPEN_WITHIN_MS = 8000;

export class Voice {
  // on: {state(name), level(0..1), partial(text), final(text, turnId), reply(record), failed(info, unanswered)}
  constructor(session, on) {
    this.session = session; // async () => token
    this.on = on;
    this.microphone = new Microphone();
    this.socket = null;
    this.state = "idle";
    this.utterance = null;
  }

  set(state) {
    this.state = state;
    this.on.state(state);
  }

  async begin() {
    if (this.state !== "idle") return;
    const utterance = { kept: [], mode: null, started: false, stopped: false, turnId: null, final: null };
    this.utterance = utterance;
    this.set("opening");
    try {
      await this.microphone.open();
      if (this.utterance !== utterance) return;
      this.microphone.onFrame = (pcm, level) => this.frame(utterance, pcm, level);
      this.set("listening");
      await this.connect();
    } catch (error) {
      if (this.utterance !== utterance) return;
      const message = error instanceof MicrophoneError ? error.message : "语音暂时连不上，请稍后再试，也可以打字。";
      this.fail({ code: error instanceof MicrophoneError ? "microphone" : "voice_connection", retryable: true, message });
      return;
    }
    this.go(utterance);
  }

  // The press has turned out to be a "tap" or a "hold".
  decide(mode) {
    if (!this.utterance) return;
    this.utterance.mode = mode;
    this.go(this.utterance);
  }

  go(utterance) {
    if (this.utterance !== utterance || utterance.started || !utterance.mode) return;
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    utterance.started = true;
    this.socket.send(JSON.stringify({ type: "start", rate: 16000, endpoint: utterance.mode === "tap" }));
    for (const pcm of utterance.kept) this.socket.send(pcm);
    utterance.kept = [];
    if (utterance.stopped) this.socket.send(JSON.stringify({ type: "stop" }));
  }

  frame(utterance, pcm, level) {
    if (this.utterance !== utterance || utterance.stopped) return;
    this.on.level(level);
    if (utterance.started) this.socket.send(pcm);
    else utterance.kept.push(pcm);
  }

  async end() {
    const utterance = this.utterance;
    if (!utterance || utterance.stopped) return;
    if (this.state === "opening") return; // nothing recorded yet: the press goes on as a tap
    await this.microphone.finish();
    if (this.utterance !== utterance || utterance.stopped) return;
    utterance.stopped = true;
    utterance.mode ??= "hold";
    this.on.level(0);
    this.set("thinking");
    if (utterance.started) this.socket.send(JSON.stringify({ type: "stop" }));
    else this.go(utterance);
  }

  // Drops the utterance, whatever has become of it.
  cancel() {
    if (!this.utterance || this.utterance.final) return;
    this.utterance = null;
    this.microphone.finish();
    this.socket?.close();
    this.on.level(0);
    this.on.partial("");
    this.set("idle");
  }

  async connect() {
    if (this.socket?.readyState === WebSocket.OPEN) return;
    const url = new URL("/api/voice", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({ session: await this.session(), channel: "page" });
    const socket = new WebSocket(url);
    this.socket = socket;
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("timeout")), OPEN_WITHIN_MS);
      socket.onopen = () => (clearTimeout(timer), resolve());
      socket.onerror = () => (clearTimeout(timer), reject(new Error("refused")));
    });
    socket.onmessage = ({ data }) => this.message(JSON.parse(data));
    socket.onclose = () => this.closed(socket);
  }

  message(data) {
    const utterance = this.utterance;
    if (data.type === "error" && !utterance) return; // an idle socket says goodbye
    if (!utterance) return;
    if (data.type === "ready") utterance.turnId = data.turn_id;
    else if (data.type === "partial") this.on.partial(data.text);
    else if (data.type === "final") {
      utterance.stopped = true;
      utterance.final = data.text;
      this.microphone.finish();
      this.on.level(0);
      this.set("thinking");
      this.on.final(data.text, data.turn_id);
    } else if (data.type === "reply") {
      this.utterance = null;
      this.set("idle");
      this.on.reply(data);
    } else if (data.type === "error") this.fail(data);
  }

  closed(socket) {
    if (this.socket !== socket) return;
    this.socket = null;
    if (this.utterance) {
      this.fail({ code: "voice_connection", retryable: true, message: "网络断了一下，刚才的话没有收完整，请再说一遍。" });
    }
  }

  fail(info) {
    const { final, turnId } = this.utterance ?? {};
    this.utterance = null;
    this.microphone.finish();
    this.on.level(0);
    this.set("idle");
    // Words that were recognized but not answered can be sent again as text, under the same id.
    this.on.failed(info, final ? { text: final, turnId } : null);
  }
}
