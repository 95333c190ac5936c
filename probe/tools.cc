#include "probe/tools.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "mcp/definitions.h"
#include "mcp/headers.h"

namespace mcp_vitals::probe {

namespace {

using vitals::Reason;

mcp::Implementation Client(const Run& run) {
  return {run.prober.client_name, run.prober.client_version};
}

// A few names, and how many more there are.
std::string Names(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + Printable(names[i], 60);
  }
  if (names.size() > kShown) text += " and " + std::to_string(names.size() - kShown) + " more";
  return text;
}

bool CheckExpectedTools(Run& run, const std::vector<mcp::Tool>& tools) {
  for (const std::string& wanted : run.target->expect_tools) {
    const bool found = std::any_of(tools.begin(), tools.end(),
                                   [&](const mcp::Tool& tool) { return tool.name == wanted; });
    if (!found) run.result.missing_tools.push_back(wanted);
  }
  std::sort(run.result.missing_tools.begin(), run.result.missing_tools.end());
  if (run.result.missing_tools.empty()) return true;
  run.Fail({Reason::kToolsMissing, "the server does not offer " + Names(run.result.missing_tools),
            "Was a tool renamed, or is a part of the server not loaded?"});
  return false;
}

// Tools that came on top break no client: they are a finding, and no failure.
bool CheckManifest(Run& run, const std::vector<mcp::Tool>& tools) {
  run.result.manifest_digest = mcp::ToHex(mcp::ManifestDigest(tools));
  if (!run.target->expect_manifest) return true;
  const mcp::ManifestChange change = mcp::Compare(*run.target->expect_manifest, tools);
  if (change.empty()) return true;
  using vitals::SchemaSeverity;
  run.result.schema_change = !change.removed.empty()   ? SchemaSeverity::kBreaking
                             : !change.changed.empty() ? SchemaSeverity::kUnclassified
                                                       : SchemaSeverity::kSafe;
  if (run.result.schema_change == SchemaSeverity::kSafe) return true;
  std::string detail = "the tools are not those of the manifest:";
  if (!change.removed.empty()) detail += " gone: " + Names(change.removed) + ";";
  if (!change.changed.empty()) detail += " changed: " + Names(change.changed) + ";";
  if (!change.added.empty()) detail += " new: " + Names(change.added) + ";";
  detail.pop_back();
  run.Fail({Reason::kSchemaChanged, detail, "If the change was meant, renew the manifest file."});
  return false;
}

bool KeepDefinitions(Run& run, std::string_view answer) {
  const auto definitions = mcp::CopyDefinitions(answer);
  if (!definitions || definitions->empty()) return true;
  std::string& kept = run.result.definitions;
  if (!kept.empty()) kept += ',';
  kept += *definitions;
  if (kept.size() <= run.target->max_answer_bytes) return true;
  run.Fail({Reason::kResponseTooLarge, "all tools together are larger than the limit", ""});
  return false;
}

bool IsUnsupported(const Reply& reply) {
  return reply.message && reply.message->kind == mcp::Message::Kind::kError &&
         reply.message->error.code == mcp::code::kMethodNotFound;
}

}  // namespace

Headers RequestHeaders(mcp::Version version, std::string_view method, std::string_view name) {
  Headers headers;
  if (mcp::EraOf(version) == mcp::Era::kLegacy) return headers;
  headers.reserve(4);
  headers.emplace_back(mcp::kProtocolVersionHeader, mcp::ToString(version));
  headers.emplace_back(mcp::kMethodHeader, method);
  if (!name.empty()) headers.emplace_back(mcp::kNameHeader, mcp::EncodeHeaderValue(name));
  return headers;
}

net::Task<bool> ListTools(Run& run, Channel& channel, mcp::Version version,
                          std::vector<mcp::Tool>& tools) {
  run.Enter(vitals::Phase::kListTools);
  std::optional<std::string> cursor;
  std::unordered_set<std::string> seen;
  std::size_t bytes = 0;
  for (std::size_t page = 0;; ++page) {
    if (page == run.target->max_tool_pages) {
      run.Fail({Reason::kProtocolError,
                "tools/list has more than " + std::to_string(page) + " pages", ""});
      co_return false;
    }
    const std::int64_t id = run.prober.NextRequestId();
    std::string body = mcp::ToolsListRequest(id, version, Client(run), cursor);
    auto reply =
        co_await channel.Call(run, id, std::move(body), RequestHeaders(version, "tools/list", ""));
    if (!reply) co_return false;
    // A server without tools need not know the method.
    if (page == 0 && IsUnsupported(*reply)) break;
    const mcp::Message* result = ResultOf(run, *reply, Reason::kProtocolError);
    if (result == nullptr) co_return false;
    if (!result->tools) {
      run.Fail({Reason::kProtocolError, "the result of tools/list has no list of tools", ""});
      co_return false;
    }
    // All pages together are held to what one answer is.
    bytes += reply->document->size();
    if (bytes > run.target->max_answer_bytes ||
        tools.size() + result->tools->size() > mcp::kMaxTools) {
      run.Fail({Reason::kResponseTooLarge,
                "the tools are larger than the limit, all pages together", ""});
      co_return false;
    }
    if (run.target->keep_definitions && !KeepDefinitions(run, *reply->document)) co_return false;
    std::move(reply->message->tools->begin(), reply->message->tools->end(),
              std::back_inserter(tools));
    cursor = result->next_cursor;
    // "" is a cursor since 2026-07-28; before, it is how some servers say that there is none.
    if (!cursor || (cursor->empty() && mcp::EraOf(version) == mcp::Era::kLegacy)) break;
    if (!seen.insert(*cursor).second) {
      run.Fail({Reason::kProtocolError, "tools/list gives the same cursor twice", ""});
      co_return false;
    }
  }
  run.result.tools = tools.size();
  // Both are findings of their own; the missing tool is the plainer one.
  const bool complete = CheckExpectedTools(run, tools);
  co_return CheckManifest(run, tools) && complete;
}

net::Task<bool> CallCanary(Run& run, Channel& channel, mcp::Version version,
                           const std::vector<mcp::Tool>& tools) {
  if (!run.target->canary) co_return true;
  run.Enter(vitals::Phase::kCanary);
  run.result.canary_success = false;
  const Canary& canary = *run.target->canary;
  Headers headers = RequestHeaders(version, "tools/call", canary.tool);
  const auto tool = std::find_if(tools.begin(), tools.end(),
                                 [&](const mcp::Tool& t) { return t.name == canary.tool; });
  if (tool != tools.end() && mcp::EraOf(version) == mcp::Era::kModern) {
    if (!tool->headers_valid) {
      run.Fail({Reason::kCanaryFailed,
                "the tool's x-mcp-header is not valid, so that no client may call it", ""});
      co_return false;
    }
    for (auto& header : mcp::ParamHeaders(*tool, canary.arguments_json)) {
      headers.push_back(std::move(header));
    }
  }
  const std::int64_t id = run.prober.NextRequestId();
  std::string body =
      mcp::ToolsCallRequest(id, version, Client(run), canary.tool, canary.arguments_json);
  if (mcp::EraOf(version) == mcp::Era::kLegacy) run.unanswered = id;
  run.only_once = true;
  auto reply = co_await channel.Call(run, id, std::move(body), std::move(headers));
  run.only_once = false;
  if (!reply) co_return false;
  run.unanswered.reset();
  const mcp::Message* result = ResultOf(run, *reply, Reason::kCanaryFailed);
  if (result == nullptr) co_return false;
  if (!result->result_type.empty() && result->result_type != "complete") {
    run.Fail({Reason::kCanaryFailed,
              "the tool did not complete: " + Printable(result->result_type, 60),
              "A canary must be a call that needs no further input."});
    co_return false;
  }
  if (!result->has_content && !result->is_error) {
    run.Fail({Reason::kProtocolError, "the result of tools/call has no content", ""});
    co_return false;
  }
  if (auto unmet = Unmet(canary.expect, *result, *reply->document, reply->pointer)) {
    run.Fail({Reason::kCanaryFailed, std::move(*unmet), ""});
    co_return false;
  }
  run.result.canary_success = true;
  co_return true;
}

}  // namespace mcp_vitals::probe
