// Shows the operations of openapi.json and lets one try them. Everything is set as text.
"use strict";

const make = (name, text, parent) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
};

// `code` in a text stands out.
const prose = (name, text, parent) => {
  const node = make(name, undefined, parent);
  text.split("`").forEach((part, n) => node.append(n % 2 ? make("code", part) : part));
  return node;
};

// What is asked for most comes first.
const ORDER = ["posts", "media", "uploads", "slots", "accounts", "analytics", "content", "webhooks", "events", "keys", "people", "auth"];

const resolve = (doc, schema) =>
  schema && schema.$ref ? resolve(doc, doc.components.schemas[schema.$ref.split("/").pop()]) : schema;

// What a request could look like: examples where there are some, else the required fields.
const sample = (doc, schema) => {
  schema = resolve(doc, schema) || {};
  if (schema.example !== undefined) return schema.example;
  if (schema.type === "object" && schema.properties) {
    const names = schema.required || [];
    return Object.fromEntries(names.map((name) => [name, sample(doc, schema.properties[name])]));
  }
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return 0;
  return schema.type === "string" ? "" : {};
};

const field = (parent, parameter) => {
  const label = make("label", undefined, parent);
  make("code", parameter.name, label);
  prose("span", ` in the ${parameter.in}. ${parameter.description || ""}`, label);
  return make("input", undefined, label);
};

const show = (doc, path, method, operation, parent) => {
  const box = make("details", undefined, parent);
  const head = make("summary", undefined, box);
  make("b", method.toUpperCase(), head).className = method;
  make("code", path, head);
  prose("span", operation.summary || "", head);
  if (operation.description) prose("p", operation.description, box);
  const inputs = (operation.parameters || []).map((parameter) => [
    parameter,
    field(box, parameter),
  ]);
  const content = operation.requestBody && operation.requestBody.content;
  const kind = content && Object.keys(content)[0];
  let body;
  if (kind && kind.endsWith("json")) {
    body = make("textarea", undefined, make("label", kind, box));
    body.value = JSON.stringify(sample(doc, content[kind].schema), null, 2);
  } else if (kind) {
    body = make("input", undefined, make("label", "File", box));
    body.type = "file";
  }
  for (const [status, answer] of Object.entries(operation.responses || {})) {
    const line = make("p", undefined, box);
    make("code", status, line);
    prose("span", ` ${answer.description || ""}`, line);
    const json = answer.content && answer.content["application/json"];
    const example = json && (resolve(doc, json.schema) || {}).example;
    if (example) make("pre", JSON.stringify(example, null, 2), box);
  }
  const out = make("pre");
  out.hidden = true;
  make("button", "Send", box).addEventListener("click", async () => {
    let url = path.slice(1);
    const query = new URLSearchParams();
    const headers = {};
    const token = document.getElementById("token").value.trim();
    if (token) headers.Authorization = `Bearer ${token}`;
    for (const [parameter, input] of inputs) {
      if (!input.value) continue;
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      if (parameter.in === "query") query.set(parameter.name, input.value);
      if (parameter.in === "header") headers[parameter.name] = input.value;
    }
    if (body) headers["Content-Type"] = kind;
    if (query.size) url += `?${query}`;
    out.hidden = false;
    out.textContent = "…";
    try {
      const payload = body && (body.type === "file" ? body.files[0] : body.value);
      const answer = await fetch(url, { method: method.toUpperCase(), headers, body: payload });
      const text = await answer.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* it is no JSON */ }
      out.textContent = `${answer.status}\n${[...answer.headers].map((h) => h.join(": ")).join("\n")}\n\n${shown}`;
    } catch (error) {
      out.textContent = String(error);
    }
  });
  box.append(out);
};

const start = async () => {
  const doc = await (await fetch("openapi.json")).json();
  document.getElementById("title").textContent = `${doc.info.title} ${doc.info.version}`;
  prose("p", doc.info.description || "", document.getElementById("about"));
  const main = document.getElementById("operations");
  main.textContent = "";
  const sections = {};
  const jump = document.getElementById("jump");
  const section = (tag) => {
    if (!sections[tag]) {
      sections[tag] = make("section", undefined, main);
      sections[tag].id = tag;
      make("h2", tag, sections[tag]);
      make("a", tag, jump).href = `#${tag}`;
    }
    return sections[tag];
  };
  const tags = Object.values(doc.paths).flatMap(Object.values).flatMap((operation) => operation.tags || []);
  ORDER.filter((tag) => tags.includes(tag)).forEach(section);
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = (operation.tags && operation.tags[0]) || "other";
      show(doc, path, method, operation, section(tag));
    }
  }
};

start().catch((error) => { document.getElementById("operations").textContent = String(error); });
