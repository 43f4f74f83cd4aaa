// Shows the operations of openapi.json and lets one try them. Everything is set as text.
"use strict";

const make = (name, text, parent) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
};

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

const field = (parent, label, value) => {
  const input = make("input", undefined, make("label", label, parent));
  input.value = value || "";
  return input;
};

const show = (doc, path, method, operation, parent) => {
  const box = make("details", undefined, parent);
  const head = make("summary", undefined, box);
  make("b", method.toUpperCase(), head);
  make("code", path, head);
  make("span", " " + (operation.summary || ""), head);
  if (operation.description) make("p", operation.description, box);
  const inputs = (operation.parameters || []).map((parameter) => [
    parameter,
    field(box, `${parameter.name} (${parameter.in}) ${parameter.description || ""}`),
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
    make("p", `${status}: ${answer.description || ""}`, box);
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
  document.getElementById("about").textContent = doc.info.description || "";
  const main = document.getElementById("operations");
  main.textContent = "";
  const sections = {};
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = (operation.tags && operation.tags[0]) || "other";
      if (!sections[tag]) {
        sections[tag] = make("section", undefined, main);
        make("h2", tag, sections[tag]);
      }
      show(doc, path, method, operation, sections[tag]);
    }
  }
};

start().catch((error) => { document.getElementById("operations").textContent = String(error); });
