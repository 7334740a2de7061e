// Draws the conversation. Everything that came from outside is set as text, never as markup.

export const $ = (id) => document.getElementById(id);

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function append(node) {
  const log = $("log");
  log.append(node);
  // What is taller than the window is shown from its beginning.
  if (node.offsetHeight > log.clientHeight) log.scrollTop = node.offsetTop;
  else log.scrollTop = log.scrollHeight;
  return node;
}

function speaker(name) {
  return make("span", "visually-hidden", `${name}：`);
}

export function showEntry(entry) {
  if (entry.who === "receipt") return append(receiptCard(entry.card));
  const item = make("div", `bubble ${entry.who}`);
  if (entry.who === "me") item.append(speaker("您说"));
  if (entry.who === "bot") item.append(speaker("问办"));
  item.append(entry.text);
  return append(item);
}

// A failure, with a button where trying again may help.
export function showProblem(message, again) {
  const item = make("div", "bubble note", message);
  if (again) {
    const button = make("button", "", "再试一次");
    button.type = "button";
    button.addEventListener("click", () => {
      item.remove();
      again();
    });
    item.append(button);
  }
  return append(item);
}

// A problem is news until something else is tried.
export function clearProblems() {
  for (const note of document.querySelectorAll(".bubble.note")) note.remove();
}

let waiting = null;

export function showWaiting(on) {
  waiting?.remove();
  waiting = null;
  $("log").setAttribute("aria-busy", String(on));
  if (!on) return;
  waiting = make("div", "bubble bot waiting");
  waiting.append(make("i"), make("i"), make("i"), make("span", "visually-hidden", "正在处理"));
  append(waiting);
}

const CARD_LINES = [
  ["办理事项", ["item", "title"]],
  ["承办部门", ["department"]],
  ["提交时间", ["submitted_at"]],
  ["承诺办结", ["promised_on"]],
  ["当前状态", ["state_label", "state"]],
  ["送达方式", ["delivery"]],
];

export function cardLines(card) {
  const list = make("dl");
  for (const [label, names] of CARD_LINES) {
    const value = names.map((name) => card[name]).find((v) => v !== undefined && v !== null && v !== "");
    if (value === undefined) continue;
    let text = Array.isArray(value) ? value.join("或") : readable(String(value));
    // Counted over a year whose holidays are not announced yet.
    if (names.includes("promised_on") && card.promised_exact === false) text += "（预计）";
    list.append(make("dt", "", label), make("dd", "", text));
  }
  return list;
}

// 2026-12-01 or 2026-12-01T09:30:00+08:00 as a Chinese date.
function readable(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)\S*)?$/.exec(text);
  if (!match) return text;
  const [, year, month, day, hour, minute] = match;
  return `${year}年${Number(month)}月${Number(day)}日` + (hour ? ` ${hour}:${minute}` : "");
}

// YW 20261123 482913 7: the groups in which the number is read aloud.
export const grouped = (receipt) => receipt.replace(/^([A-Z]{2})(\d{8})(\d{6})(\d)$/, "$1 $2 $3 $4");

function receiptCard(card) {
  const item = make("div", "receipt");
  const body = make("div", "receipt-body");
  const number = make("p", "receipt-number", grouped(card.receipt));
  const copy = make("button", "", "复制回执号");
  copy.type = "button";
  copy.addEventListener("click", async () => {
    copy.textContent = (await copyText(card.receipt, number)) ? "已复制" : "已选中，请长按复制";
  });
  const lines = cardLines(card);
  lines.append(make("dt", "", "怎么查询"), make("dd", "", "点上面的“查进度”，输入回执号和手机号后四位。"));
  body.append(number, copy, lines);
  item.append(make("h2", "", "申请已提交，请记下回执号"), body);
  return item;
}

async function copyText(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard on a connection that is not secure: select it, so that a long press copies it.
    getSelection().selectAllChildren(node);
    return false;
  }
}

export function showOptions(options, state, choose) {
  const box = $("options");
  const hadFocus = box.querySelector("button:focus-visible") !== null;
  const numbered = state === "choose" && options.length > 1;
  box.replaceChildren(
    ...options.map((option, i) => {
      const button = make("button");
      button.type = "button";
      if (numbered) {
        const number = make("b", "", String(i + 1));
        number.setAttribute("aria-hidden", "true");
        button.append(number);
      }
      button.append(make("span", "", option.label));
      button.addEventListener("click", () => choose(option));
      return button;
    }),
  );
  box.classList.toggle("numbered", numbered);
  box.hidden = options.length === 0;
  // A keyboard user whose button is gone goes on at the next thing to answer.
  if (hadFocus) (box.querySelector("button") ?? $("line")).focus();
  const last = $("log").lastElementChild;
  if (last && last.offsetHeight <= $("log").clientHeight) $("log").scrollTop = $("log").scrollHeight;
}

export function enableOptions(on) {
  for (const button of $("options").querySelectorAll("button")) button.setAttribute("aria-disabled", String(!on));
}

export function showCase(record) {
  const { item, fields, progress } = record;
  const shown = Boolean(item);
  $("case").hidden = !shown;
  document.querySelector(".stage").classList.toggle("with-case", shown);
  if (!shown) return;
  $("case-title").textContent = item.title;
  $("case-department").textContent = item.department ? `承办：${item.department}` : "";
  $("case-count").textContent = progress ? `已填 ${progress.done}/${progress.total}` : "";
  $("case-progress").hidden = !progress;
  if (progress) {
    $("case-progress").max = Math.max(1, progress.total);
    $("case-progress").value = progress.done;
  }
  $("case-none").hidden = fields.length > 0;
  $("case-fields").replaceChildren(
    ...fields.flatMap((f) => [make("dt", "", f.label), make("dd", "", f.display || String(f.value ?? ""))]),
  );
}

const MIC = {
  idle: ["开始说话", "按住说话，或点一下开始"],
  opening: ["正在打开话筒", "正在打开话筒……"],
  listening: ["说完了", "正在听，说完松开或再点一下"],
  thinking: ["正在处理", "正在处理……"],
};

export function showMic(state) {
  const [name, hint] = MIC[state];
  $("mic").dataset.state = state;
  $("mic").setAttribute("aria-pressed", String(state === "listening"));
  $("mic-name").textContent = name;
  $("mic-hint").textContent = hint;
}

export const showLevel = (level) => $("mic").style.setProperty("--level", level.toFixed(2));
export const showPartial = (text) => ($("heard").textContent = text);
