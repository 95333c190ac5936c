#include "proxy/facts.h"

#include "mcp/headers.h"

namespace mcp_vitals::proxy {

namespace http = boost::beast::http;

RequestFacts RequestFactsOf(const Head& head) {
  RequestFacts facts;
  facts.http_method = head.method;
  facts.target = head.target;
  for (const Field& field : head.fields) {
    switch (field.id) {
      case http::field::content_type:
        facts.content_type = field.value;
        break;
      case http::field::content_encoding:
        facts.content_encoding = field.value;
        break;
      case http::field::accept:
        facts.accept = field.value;
        break;
      case http::field::unknown:
        if (EqualNames(field.name, mcp::kSessionIdHeader)) facts.session_id = field.value;
        if (EqualNames(field.name, mcp::kProtocolVersionHeader)) {
          facts.protocol_version = field.value;
        }
        if (EqualNames(field.name, mcp::kMethodHeader)) facts.method = field.value;
        if (EqualNames(field.name, mcp::kNameHeader)) facts.name = field.value;
        if (EqualNames(field.name, mcp::kLastEventIdHeader)) facts.last_event_id = field.value;
        if (EqualNames(field.name, "traceparent")) facts.traceparent = field.value;
        break;
      default:
        break;
    }
  }
  return facts;
}

AnswerFacts AnswerFactsOf(const Head& head) {
  AnswerFacts facts;
  facts.status = head.status;
  facts.content_type = head.Find(http::field::content_type);
  facts.content_encoding = head.Find(http::field::content_encoding);
  facts.session_id = head.Find(mcp::kSessionIdHeader);
  return facts;
}

}  // namespace mcp_vitals::proxy
