export function escape(text) {
  return String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What Grafana shows in the place of nothing. */
export function none(panel) {
  return `<div class="none">${escape(panel.fieldConfig.defaults.noValue ?? "No data")}</div>`;
}
