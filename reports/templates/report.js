"use strict";
// Lists, filters and the sheet of one asset. Data comes from the JSON block and reaches the page as text only.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const PAGE = 50;
  const PRINTED = 1000;

  // reader(table).name(3) is the value of column `name` in row 3
  const reader = (table) => {
    const read = {};
    for (const [name, column] of Object.entries(table.columns)) {
      read[name] = column.index ? (at) => column.values[column.index[at]] : (at) => column.values[at];
    }
    return read;
  };
  const asset = reader(data.assets);
  const row = reader(data.declared);

  // rows of `table` by the asset or register row they belong to
  const belonging = (table) => {
    const groups = new Map();
    table.columns.of.values.forEach((owner, at) => {
      if (!groups.has(owner)) groups.set(owner, []);
      groups.get(owner).push(at);
    });
    return { read: reader(table), of: (owner) => groups.get(owner) || [] };
  };
  const evidence = belonging(data.evidence);
  const findings = belonging(data.findings);
  const pairs = belonging(data.pairs);
  const asked = belonging(data.asked);

  const element = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };
  const number = new Intl.NumberFormat("en-US");
  const collator = new Intl.Collator("en");
  const count = (many, one) => `${number.format(many)} ${many === 1 ? one : one + "s"}`;
  const size = (bytes) => {
    if (bytes === null || bytes === undefined) return "-";
    const units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    let at = 0;
    let value = bytes;
    while (value >= 999.5 && at < units.length - 1) { value /= 1000; at += 1; }
    const digits = at === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return `${value.toFixed(digits)} ${units[at]}`;
  };
  // users where a record names them, else the clients it shows
  const who = (users, clients) => (users ? count(users, "user") : clients ? count(clients, "client") : "-");
  const sized = (number_, hits, total) => (total === null || number_ === null || number_ >= hits
    ? "" : `sizes in ${number.format(number_)} of ${count(hits, "record")}`);
  const said = (table, word) => (Object.hasOwn(table, word) ? table[word] : null);
  const label = (table, word) => {
    const found = said(table, word);
    return (Array.isArray(found) ? found[0] : found) || String(word || "").replaceAll("_", " ");
  };
  const dot = (state) => element("i", { class: `dot s-${said(words.states, state) || said(words.declared, state) ? state.replaceAll("_", "-") : "other"}` });
  const badge = (table, state) => element("span", { class: "badge" }, dot(state), label(table, state));
  const severity = (word) => (word ? element("span", { class: `severity ${words.severities.includes(word) ? word : ""}` }, word) : null);
  const sentence = (text) => {
    const whole = (text || "").trim();
    return whole && whole[0].toUpperCase() + whole.slice(1) + (/[.!?:…]["')]?$/.test(whole) ? "" : ".");
  };
  const href = (at) => `#asset-${encodeURIComponent(asset.asset_id(at))}`;
  const day = (moment) => (moment ? moment.slice(0, 10) : "-");

  // A list with search, filters, sorting and pages. columns: {name, key, show, right, wide}
  const list = ({ host, form, length, columns, haystack, keep, order, noun }) => {
    let found = [];
    let page = 0;
    let sorted = null;
    let texts = null;
    const head = element("tr");
    const body = element("tbody");
    const status = element("span");
    const back = element("button", { type: "button" }, "Previous");
    const on = element("button", { type: "button" }, "Next");
    const pager = element("div", { class: "pager" }, back, on, status);

    const rows = (from, to) => {
      body.replaceChildren(...found.slice(from, to).map((at) => element("tr", {}, ...columns.map((column, place) => {
        const cell = element(place ? "td" : "th", {
          scope: place ? null : "row",
          class: [column.right ? "n" : "", column.wide ? "roomy" : "", column.full ? "full" : "", column.size === "w-day" ? "w-day" : ""].join(" ").trim() || null,
          "data-label": place && !column.bare ? column.name : null,
        });
        const parts = [column.show(at)].flat().filter((part) => part !== null && part !== "");
        cell.append(...parts.map((part) => (typeof part === "string" ? element("span", { class: "cell" }, part) : part)));
        return cell;
      }))));
    };
    const draw = () => {
      const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
      page = Math.min(Math.max(page, 0), last);
      rows(page * PAGE, page * PAGE + PAGE);
      pager.hidden = found.length <= PAGE;
      back.disabled = page === 0;
      on.disabled = page === last;
      const end = Math.min(found.length, page * PAGE + PAGE);
      status.textContent = found.length ? `${number.format(page * PAGE + 1)} to ${number.format(end)} of ${number.format(found.length)}` : "";
      form.querySelector("output").textContent = found.length === length
        ? count(length, noun) : `${number.format(found.length)} of ${count(length, noun)}`;
    };
    const sort = () => {
      if (!sorted) { found.sort((a, b) => order(a) - order(b) || a - b); return; }
      const { key, way } = sorted;
      const missing = (value) => value === null || value === undefined || value === "";
      found = found.map((at) => [key(at), at]).sort(([a, x], [b, y]) => {
        if (missing(a) || missing(b)) return missing(a) - missing(b) || x - y;
        const less = typeof a === "string" ? collator.compare(a, b) : a - b;
        return way * less || x - y;
      }).map(([, at]) => at);
    };
    const filter = () => {
      const wanted = Object.fromEntries(new FormData(form));
      const parts = (wanted.q || "").toLowerCase().split(/\s+/).filter(Boolean);
      if (parts.length && !texts) texts = Array.from({ length }, (_, at) => haystack(at).toLowerCase());
      found = [];
      for (let at = 0; at < length; at += 1) {
        if (keep(at, wanted) && parts.every((part) => texts[at].includes(part))) found.push(at);
      }
      sort();
      page = 0;
      draw();
    };
    for (const column of columns) {
      const cell = element("th", { scope: "col", class: [column.right ? "n" : "", column.wide ? "roomy" : "", column.size || ""].join(" ").trim() || null });
      const button = element("button", { type: "button", class: "sort" }, column.name);
      button.addEventListener("click", () => {
        const first = column.right || column.falling ? -1 : 1;
        const way = sorted && sorted.key === column.key ? -sorted.way : first;
        sorted = { key: column.key, way };
        for (const other of head.children) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", way === 1 ? "ascending" : "descending");
        sort();
        page = 0;
        draw();
      });
      cell.append(button);
      head.append(cell);
    }
    const turn = (step) => { page += step; draw(); host.scrollIntoView({ block: "start" }); };
    back.addEventListener("click", () => turn(-1));
    on.addEventListener("click", () => turn(1));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => setTimeout(filter));
    host.append(element("table", { class: "grid stack" }, element("thead", {}, head), body), pager);
    form.hidden = false;
    filter();
    return {
      found: () => found,
      set: (values) => {
        form.reset();
        for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value;
        filter();
      },
      print: () => {
        rows(0, PRINTED);
        if (found.length > PRINTED) body.append(element("tr", {}, element("td", { colspan: columns.length }, `and ${number.format(found.length - PRINTED)} more, in the CSV files`)));
      },
      draw,
    };
  };
  const options = (form, name, values, show) => {
    for (const value of values) form.elements[name].append(element("option", { value }, show(value)));
  };
  const distinct = (read, length) => [...new Set(Array.from({ length }, (_, at) => read(at)))].filter((value) => value !== null);
  const ranked = (order) => (a, b) => order.indexOf(a) - order.indexOf(b);

  // assets
  const assets = data.assets.length;
  const assetForm = document.getElementById("asset-tools");
  const named = (at) => [element("a", { class: "cell", href: href(at) }, asset.name(at)), element("small", {}, about(at))];
  const tenant = (at) => { const known = said(words.tenants, asset.tenant(at)); return known === null ? asset.tenant(at) : known; };
  const anyOld = Array.from({ length: data.assets.length }, (_, at) => asset.new(at)).includes(false);
  const about = (at) => {
    const parts = [asset.product(at), asset.vendor_name(at) || asset.vendor(at), tenant(at), asset.region(at), anyOld && asset.new(at) ? "new" : ""];
    return [...new Set(parts)].filter((part) => part && (part === "new" || !asset.name(at).includes(part))).join(", ");
  };
  const small = (text) => (text ? element("small", {}, text) : "");
  const idle = (at) => small(asset.in_use(at) ? "" : asset.flags(at).includes("gone") ? "no longer seen" : "tried and blocked");
  const stateOf = (at) => asset.state(at) || "unmanaged";
  const states = Object.keys(words.states);
  let assetList = null;
  if (assets) {
    options(assetForm, "state", distinct(stateOf, assets).sort(ranked(states)), (word) => label(words.states, word));
    options(assetForm, "severity", distinct(asset.severity, assets).sort(ranked(words.severities)), (word) => word);
    options(assetForm, "kind", distinct(asset.kind, assets).sort(), (word) => label(words.kinds, word));
    const vendors = new Map(Array.from({ length: assets }, (_, at) => [asset.vendor(at), asset.vendor_name(at) || asset.vendor(at)]));
    options(assetForm, "vendor", [...vendors.keys()].sort((a, b) => collator.compare(vendors.get(a), vendors.get(b))), (word) => vendors.get(word));
    const place = (word) => { const at = words.severities.indexOf(word); return at < 0 ? null : at; };
    assetList = list({
      host: document.getElementById("asset-list"), form: assetForm, length: assets, noun: "asset",
      order: (at) => at,
      keep: (at, wanted) => (!wanted.state || stateOf(at) === wanted.state)
        && (!wanted.severity || asset.severity(at) === wanted.severity)
        && (!wanted.kind || asset.kind(at) === wanted.kind)
        && (!wanted.vendor || asset.vendor(at) === wanted.vendor)
        && (!wanted.use || asset.in_use(at))
        && (!wanted.new || asset.new(at)),
      haystack: (at) => [asset.name(at), asset.product(at), asset.vendor(at), asset.vendor_name(at), label(words.kinds, asset.kind(at)),
        asset.tenant(at), asset.account(at), asset.region(at), ...asset.accounts(at), ...asset.regions(at), ...asset.models(at), asset.owner(at), asset.department(at),
        ...asset.domains(at), ...asset.native_ids(at), ...asset.refs(at),
        ...evidence.of(at).map((line) => `${evidence.read.dst_host(line) || ""} ${evidence.read.dst_ip(line) || ""}`)].join(" "),
      columns: [
        { name: "Asset", key: (at) => asset.name(at).toLowerCase(), show: named },
        { name: "State", size: "w-state", key: (at) => states.indexOf(stateOf(at)), show: (at) => [badge(words.states, stateOf(at)), idle(at)], bare: true },
        { name: "Severity", size: "w-chip", key: (at) => place(asset.severity(at)), show: (at) => severity(asset.severity(at)), bare: true },
        { name: "Kind", size: "w-word", key: (at) => label(words.kinds, asset.kind(at)), show: (at) => label(words.kinds, asset.kind(at)), wide: true, bare: true },
        { name: "Used by", size: "w-chip", key: (at) => asset.users(at) || asset.clients(at), show: (at) => who(asset.users(at), asset.clients(at)), right: true },
        { name: "Records", size: "w-chip", key: asset.hits, show: (at) => [number.format(asset.hits(at)), asset.blocked(at) ? element("small", {}, asset.blocked(at) >= asset.hits(at) ? "all blocked" : `${number.format(asset.blocked(at))} blocked`) : ""], right: true, wide: true },
        { name: "Sent", size: "w-chip", key: asset.bytes_out, show: (at) => [size(asset.bytes_out(at)), small(sized(asset.sized_out(at), asset.hits(at), asset.bytes_out(at)))], right: true },
        { name: "Last seen", size: "w-day", key: asset.last_seen, show: (at) => day(asset.last_seen(at)), falling: true },
        { name: "Owner", size: "w-word", key: (at) => asset.owner(at), show: (at) => asset.owner(at) || "", wide: true },
      ],
    });
  }

  // register
  const rowForm = document.getElementById("declared-tools");
  let rowList = null;
  if (rowForm && data.declared.length) {
    const order = Object.keys(words.declared);
    const state = (at) => row.state(at) || "";
    const rank = (at) => { const found = order.indexOf(state(at)); return found < 0 ? order.length : found; };
    options(rowForm, "state", distinct(state, data.declared.length).sort(ranked(order)), (word) => label(words.declared, word));
    rowList = list({
      host: document.getElementById("declared-list"), form: rowForm, length: data.declared.length, noun: "row",
      order: rank,
      keep: (at, wanted) => (!wanted.state || state(at) === wanted.state) && (!wanted.flags || row.flags(at).length > 0),
      haystack: (at) => [row.name(at), row.ref(at), row.business_owner(at), row.technical_owner(at), row.department(at), row.why(at), ...row.vendor(at), ...row.product(at)].join(" "),
      columns: [
        { name: "Row", key: (at) => row.name(at).toLowerCase(),
          show: (at) => [row.name(at), element("small", {}, [row.ref(at) || `row ${row.row(at)}`, ...row.vendor(at)].join(", "))] },
        { name: "State", size: "w-long", key: rank, show: (at) => badge(words.declared, state(at)), bare: true },
        { name: "Owner", size: "w-word", key: (at) => row.business_owner(at) || row.technical_owner(at), show: (at) => row.business_owner(at) || row.technical_owner(at) || "none named" },
        { name: "Why, and what next", size: "w-why", full: true, bare: true, key: (at) => row.why(at) || "",
          show: (at) => [
            element("span", { class: "cell whole" }, sentence(row.why(at))),
            ...[
              row.flags(at).map((flag) => sentence(label(words.flags, flag))).join(" "),
              ...row.remarks(at).map((remark) => `Read with a remark: ${remark}`),
              ...asked.of(at).map((line) => `Next: ${asked.read.remediation(line)}`),
            ].filter(Boolean).map((text) => element("small", {}, text)),
          ] },
        { name: "Approved", size: "w-day", key: row.approved_on, show: (at) => row.approved_on(at) || "", wide: true },
        { name: "Assets", size: "w-tiny", key: row.assets, show: (at) => (row.assets(at) ? number.format(row.assets(at)) : ""), right: true },
      ],
    });
  }

  // the sheet of one asset
  const sheet = document.getElementById("sheet");
  const places = new Map(Array.from({ length: assets }, (_, at) => [asset.asset_id(at), at]));
  const fact = (name, value) => (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)
    ? null : element("div", {}, element("dt", {}, name), element("dd", {}, Array.isArray(value) ? value.join("\n") : String(value))));
  const proof = (at) => {
    const read = evidence.read;
    const heads = ["Seen at", "How", "Records", "Sent", "Used by", "When"];
    const lines = evidence.of(at).map((line) => {
      const target = [read.dst_host(line), read.dst_ip(line)].filter(Boolean).join(" ") || "no host";
      const place = `${read.sample_path(line)}:${read.sample_line(line)}`;
      const signs = read.indicators(line).map((sign) => sign.replace(/^([a-z_]+):/, (_, type) => `${type.replaceAll("_", " ")} `)).join(" + ");
      const what = [[read.surface(line), read.usage(line)].filter(Boolean).join(" "), read.client(line), read.model(line), ["blocked", "failed"].includes(read.action(line)) ? read.action(line) : ""];
      const cells = [
        element("th", { scope: "row" }, element("span", { class: "where" }, read.dst_port(line) ? `${target}:${read.dst_port(line)}` : target),
          element("small", { class: "sample" }, read.source(line) === read.sample_path(line) ? place : `${read.source(line)}, ${place}`)),
        element("td", {}, element("span", {}, `${read.detection(line)}: ${signs}`), element("small", { class: "sample" }, what.filter(Boolean).join(", "))),
        element("td", { class: "n" }, number.format(read.hits(line))),
        element("td", { class: "n" }, size(read.bytes_out(line)), small(sized(read.sized_out(line), read.hits(line), read.bytes_out(line)))),
        element("td", { class: "n" }, who(read.users(line), read.clients(line))),
        element("td", { class: "when" }, [...new Set([day(read.first_seen(line)), day(read.last_seen(line))])].join(" to ")),
      ];
      cells.forEach((cell, at_) => at_ > 1 && cell.setAttribute("data-label", heads[at_]));
      cells[1].classList.add("full");
      cells[5].classList.add("full");
      return element("tr", {}, ...cells);
    });
    const head = element("tr", {}, ...heads.map((name, place) => element("th", { scope: "col", class: place > 1 && place < 5 ? "n" : null }, name)));
    const more = data.more[at] ? element("p", { class: "left" }, `and ${number.format(data.more[at])} more lines, in evidence.csv`) : null;
    return [element("table", { class: "stack proof" }, element("thead", {}, head), element("tbody", {}, ...lines)), more];
  };
  const open = (at) => {
    const shown = assetList.found();
    const here = shown.indexOf(at);
    const step = (by, name) => {
      const next = here < 0 ? undefined : shown[here + by];
      const button = element("button", { type: "button" }, name);
      button.disabled = next === undefined;
      button.addEventListener("click", () => { location.replace(href(next)); });
      return button;
    };
    const close = element("button", { type: "button", autofocus: "" }, "Close");
    close.addEventListener("click", () => sheet.close());
    const found = findings.of(at);
    const held = pairs.of(at);
    const read = pairs.read;
    const content = element("div", { class: "sheet" },
      element("header", {},
        element("h2", { id: "sheet-title" }, asset.name(at)),
        element("div", { class: "buttons" }, step(-1, "Previous"), step(1, "Next"), close)),
      element("div", { class: "marks" }, badge(words.states, stateOf(at)), severity(asset.severity(at)),
        idle(at), anyOld && asset.new(at) ? element("em", {}, "first seen in this run") : null, element("small", {}, about(at))),
      element("p", {}, sentence(asset.why(at) || (said(words.states, stateOf(at)) || ["", ""])[1])),
      ...found.map((line) => element("p", { class: "next" }, element("b", {}, "Next"), ` ${sentence(findings.read.remediation(line))}`)),
      element("h3", {}, "Evidence"),
      ...proof(at),
      element("h3", {}, "Register"),
      ...(held.length ? held.map((line) => element("p", {}, `${read.sentence(line)} (${[`row ${read.row(line)}`, ...read.rule_ids(line)].join(" ")}, ${Number(read.confidence(line)).toFixed(2)}${read.band(line) === "review" ? ", to be confirmed" : ""})`))
        : [element("p", {}, "No row of the register was matched.")]),
      asset.rejected(at) ? element("p", {}, element("small", {}, `Looked at and set aside: ${asset.rejected(at)}`)) : null,
      element("h3", {}, "Facts"),
      element("dl", { class: "facts" }, ...[
        fact("Kind", label(words.kinds, asset.kind(at)) + (asset.subtype(at) ? `, ${asset.subtype(at)}` : "")),
        fact("Supplier", asset.vendor_name(at) || asset.vendor(at)), fact("Product", asset.product(at)), fact(asset.models(at).length > 1 ? "Models" : "Model", asset.models(at)), fact("Made by", asset.model_makers(at)),
        fact("Deployments", asset.deployments(at)),
        fact("Tenant", asset.tenant(at) || asset.tenants(at)), fact("Account", asset.account(at) || asset.accounts(at)), fact("Region", asset.region(at) || asset.regions(at)),
        fact("Owner", asset.owner(at)), fact("Department", asset.department(at)),
        fact("Detection", asset.detection(at)), fact("Match with the register", asset.rows(at).length ? Number(asset.confidence(at)).toFixed(2) : null),
        fact("Differs in", asset.fields(at)), fact("Flags", asset.flags(at).map((flag) => label(words.flags, flag))),
        fact("First seen", `${asset.first_seen(at)} UTC`), fact("Last seen", `${asset.last_seen(at)} UTC`),
        fact("Users", asset.users(at) ? number.format(asset.users(at)) : "no record names one"), fact("Clients without a user name", asset.clients(at) ? number.format(asset.clients(at)) : null),
        fact("Records", number.format(asset.hits(at))), fact("Of these blocked", asset.blocked(at) ? number.format(asset.blocked(at)) : null),
        fact("Sent", [size(asset.bytes_out(at)), sized(asset.sized_out(at), asset.hits(at), asset.bytes_out(at))].filter(Boolean)),
        fact("Received", [size(asset.bytes_in(at)), sized(asset.sized_in(at), asset.hits(at), asset.bytes_in(at))].filter(Boolean)),
        fact("Hosts", asset.domains(at)), fact("Own ids", asset.native_ids(at)), fact("Service", asset.service(at)), fact("Asset id", asset.asset_id(at)),
      ].filter(Boolean)));
    sheet.replaceChildren(content);
    if (!sheet.open) sheet.showModal();
    sheet.scrollTop = 0;
  };
  const linked = () => {
    if (!location.hash.startsWith("#asset-")) return undefined;
    try { return places.get(decodeURIComponent(location.hash.slice(7))); } catch { return undefined; }
  };
  const route = () => {
    const at = linked();
    if (at !== undefined) open(at);
    else if (sheet.open) sheet.close();
  };
  sheet.addEventListener("close", () => {
    if (location.hash.startsWith("#asset-")) history.replaceState(null, "", "#assets");
  });
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  addEventListener("hashchange", route);
  route();

  // numbers that filter a list
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-state], [data-declared]");
    if (!link) return;
    if (link.dataset.state && assetList) assetList.set({ state: link.dataset.state, severity: link.dataset.severity || "" });
    if (link.dataset.declared && rowList) {
      event.preventDefault();
      rowList.set({ state: link.dataset.declared });
      rowForm.scrollIntoView({ block: "start" });
    }
  });

  // on paper everything is open
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open], figure details)")];
    for (const item of closed) item.open = true;
    for (const shown of [assetList, rowList]) if (shown) shown.print();
  });
  addEventListener("afterprint", () => {
    for (const item of closed) item.open = false;
    for (const shown of [assetList, rowList]) if (shown) shown.draw();
  });
})();
