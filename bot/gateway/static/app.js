// The phone page: one conversation, spoken or typed.

import { ApiError, newTurnId, openSession, sendTurn, track } from "./api.js";
import { memory, remember } from "./memory.js";
import {
  $, cardLines, clearProblems, enableOptions, grouped, make, showCase, showEntry, showLevel, showMic, showOptions,
  showPartial, showProblem, showWaiting,
} from "./view.js";
import { Voice } from "./voice.js";

const GREETING = "您好，这里是问办。想办什么事，按住下面的话筒说给我听，像平常说话一样就行。";
const EXAMPLES = ["我老婆户口在上海，想迁到我这里", "身份证丢了，想补一张", "我想开个小吃店"];
const HOLD_MS = 400;
const RETRY_PAUSES_MS = [1000, 2000];

let pending = 0; // turns on their way
let busy = false;

function say(entry) {
  showEntry(entry);
  remember({ entries: [...memory.entries, entry] });
}

async function session() {
  if (!memory.session) remember({ session: await openSession() });
  return memory.session;
}

function setBusy(on) {
  pending = Math.max(0, pending + (on ? 1 : -1));
  busy = pending > 0;
  $("send").disabled = busy;
  enableOptions(!busy);
  showWaiting(busy);
}

// ---- a turn ----

// Sends under one id however often it takes: the other side answers an id once.
async function deliver(text, turnId) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await sendTurn(await session(), text, turnId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.info.code === "session_unknown" && attempt === 0) {
        remember({ session: null });
        say({ who: "info", text: "上次的对话已经过期，重新开始了一个。" });
      } else if (error.info.code === "network" && attempt < RETRY_PAUSES_MS.length) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSES_MS[attempt]));
      } else throw error;
    }
  }
}

async function send(text, { label = text, turnId = newTurnId(), urgent = false } = {}) {
  if (busy && !urgent) return;
  say({ who: "me", text: label });
  await ask(text, turnId);
}

async function ask(text, turnId) {
  clearProblems();
  remember({ pending: { text, turnId } });
  setBusy(true);
  let record;
  try {
    record = await deliver(text, turnId);
  } catch (error) {
    setBusy(false);
    refused(error, text, turnId);
    return;
  }
  setBusy(false);
  answered(record, text);
}

function refused(error, text, turnId) {
  const info = error instanceof ApiError ? error.info : { retryable: true, message: "页面出了点问题，请再试一次。" };
  if (info.retryable) {
    showProblem(info.message, () => ask(text, turnId));
    return;
  }
  // What was wrong with the words is for their author to mend: they go back into the line.
  const mine = memory.entries.findLastIndex((entry) => entry.who === "me");
  remember({ pending: null, entries: memory.entries.filter((_, i) => i !== mine) });
  [...document.querySelectorAll(".bubble.me")].at(-1)?.remove();
  showProblem(info.message);
  if (!$("line").value) $("line").value = text;
}

function answered(record, text) {
  remember({ pending: null, record });
  if (text === "重新开始" && record.state === "idle") {
    remember({ entries: [] });
    $("log").replaceChildren();
  }
  for (const reply of record.replies) say({ who: "bot", text: reply });
  if (record.receipt && !memory.entries.some((e) => e.who === "receipt" && e.card.receipt === record.receipt)) {
    say({ who: "receipt", card: { ...record.receipt_card, receipt: record.receipt } });
  }
  draw(record);
}

function draw(record) {
  showCase(record);
  showOptions(record.options, record.state, (option) => send(option.value, { label: option.label }));
}

function welcome() {
  showEntry({ who: "bot", text: GREETING });
  showOptions(
    EXAMPLES.slice(0, innerHeight < 700 ? 2 : 3).map((text) => ({ label: text, value: text })),
    "idle",
    (option) => send(option.value),
  );
}

// ---- speech ----

const voice = new Voice(session, {
  state: showMic,
  level: showLevel,
  partial: showPartial,
  final(text, turnId) {
    clearProblems();
    showPartial("");
    say({ who: "me", text });
    remember({ pending: { text, turnId } });
    setBusy(true);
  },
  reply(record) {
    setBusy(false);
    answered(record, record.heard);
  },
  failed(info, unanswered) {
    showPartial("");
    if (unanswered) setBusy(false);
    if (info.code === "session_unknown") remember({ session: null });
    if (!unanswered) showProblem(info.message);
    else if (info.code === "voice_connection") ask(unanswered.text, unanswered.turnId);
    else showProblem(info.message, info.retryable ? () => ask(unanswered.text, unanswered.turnId) : null);
  },
});

function prepareMic() {
  const mic = $("mic");
  let pressedAt = 0; // 0: no press under way
  let holdTimer = 0;
  let startedByPress = false; // the click that follows a press belongs to it

  function tap() {
    if (voice.state === "listening") {
      voice.end();
      return;
    }
    if (busy) return;
    voice.begin();
    voice.decide("tap");
  }

  mic.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || busy || voice.state !== "idle") return;
    mic.setPointerCapture(event.pointerId);
    pressedAt = performance.now();
    voice.begin();
    holdTimer = setTimeout(() => voice.decide("hold"), HOLD_MS);
  });
  const release = () => {
    if (!pressedAt) return;
    clearTimeout(holdTimer);
    const held = performance.now() - pressedAt >= HOLD_MS;
    pressedAt = 0;
    // While the browser still asks for permission nothing was recorded: listen on, as after a tap.
    if (held && voice.state === "listening") voice.end();
    else voice.decide("tap");
    startedByPress = true;
  };
  mic.addEventListener("pointerup", release);
  mic.addEventListener("pointercancel", release);
  mic.addEventListener("click", () => {
    if (!startedByPress) tap(); // a second tap, a key, or a screen reader
    startedByPress = false;
  });
  mic.addEventListener("contextmenu", (event) => event.preventDefault());
}

// ---- the rest of the page ----

function prepareTyping() {
  $("type").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("line").value.trim();
    if (busy) return;
    $("line").value = "";
    if (text) send(text);
    else showProblem("还没有写内容，请先写几个字，或者按住话筒说。");
  });
  // These two never wait for an answer that is still on its way.
  for (const [id, text] of [["human", "转人工"], ["restart", "重新开始"]]) {
    $(id).addEventListener("click", () => {
      voice.cancel();
      send(text, { urgent: true });
    });
  }
}

function prepareTracking() {
  const result = $("track-result");
  $("track-open").addEventListener("click", () => {
    result.replaceChildren();
    if (memory.record?.receipt) $("track-receipt").value = memory.record.receipt;
    $("track").showModal();
  });
  $("track-close").addEventListener("click", () => $("track").close());
  $("track-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    result.classList.remove("bad");
    result.replaceChildren("正在查询……");
    try {
      const found = await track($("track-receipt").value.trim(), $("track-phone").value.trim());
      const lines = [cardLines(found)];
      lines.unshift(make("p", "receipt-number", grouped(found.receipt)));
      const note = found.history.at(-1)?.note;
      if (note) lines.push(make("p", "strong-note", note));
      result.replaceChildren(...lines);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      result.classList.add("bad");
      result.replaceChildren(error.info.message);
    }
  });
}

function prepareCase() {
  const wide = matchMedia("(min-width: 900px)");
  const fit = () => ($("case").open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
}

function resume() {
  if (!memory.entries.length) {
    welcome();
    return;
  }
  memory.entries.forEach(showEntry);
  if (memory.record) draw(memory.record);
  // The tab was reloaded between a question and its answer.
  if (memory.pending) ask(memory.pending.text, memory.pending.turnId);
}

showMic("idle");
prepareMic();
prepareTyping();
prepareTracking();
prepareCase();
resume();
