#include "app/cli.h"

int main(int argc, char** argv) { return mcp_vitals::app::RunCommandLine(argc, argv); }
