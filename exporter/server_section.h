#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "vitals/server_vitals.h"

namespace mcp_vitals::exporter {

// What is wrong with the server, as far as the proxy sees: a sentence each, for people.
std::vector<std::string> FindingsOf(const vitals::ServerVitals& server);
void WriteFindings(const std::vector<std::string>& findings, std::ostream& out);

// The server's numbers, and a table of its operations, as a part of the status page.
void WriteServerSection(const std::string& name, const vitals::ServerVitals& server,
                        std::ostream& out);

}  // namespace mcp_vitals::exporter
